"""From the corpus to trained weights: data, the two training stages, evaluation, export."""
