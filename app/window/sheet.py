"""The style sheet of the studio; $names are filled in by theme.py.

Widgets say what they are by dynamic properties: kind (of a button: primary, quiet, chip, tool) and
role (of a label: title, heading, secondary, caps, badge, warning).
"""

SHEET = """
* { font-family: "$family"; font-size: $control; }
QToolTip { background: $panel; color: $ink; border: 1px solid $line; padding: $px4 $px8; }
QMainWindow, QWidget#bg { background: $bg; }
QWidget#panel { background: $panel; }
QWidget#library { background: $panel; border-right: 1px solid $line; }
QWidget#inspector { background: $panel; border-left: 1px solid $line; }
QWidget#topbar { background: $panel; border-bottom: 1px solid $line; }
QWidget#enginebar { background: $panel; border-top: 1px solid $line; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }

QLabel { background: transparent; color: $ink; }
QLabel[role="title"] { font-size: $title; font-weight: 700; }
QLabel[role="heading"] { font-size: $heading; font-weight: 600; }
QLabel[role="body"] { font-size: $body; }
QLabel[role="secondary"] { font-size: $secondary; color: $muted; }
QLabel[role="caps"] { font-size: $caps; font-weight: 600; color: $muted; }
QLabel[role="lead"] { font-size: $heading; color: $muted; }
QLabel[role="badge"] {
  font-size: $secondary; color: $accent; background: $accentsoft;
  border-radius: $px4; padding: $px2 $px8; }
QLabel[role="warning"] {
  font-size: $secondary; color: $warn; background: $warnsoft;
  border-radius: $px4; padding: $px2 $px8; }
QLabel[role="danger"] {
  font-size: $secondary; color: $danger; background: $dangersoft;
  border-radius: $px4; padding: $px2 $px8; }

QFrame[role="message"] { border-bottom: 1px solid $line; }
QFrame[role="message"][boxed="true"] { border: none; border-radius: $px8; }
QFrame[role="message"][kind="info"] { background: $accentsoft; }
QFrame[role="message"][kind="warning"] { background: $warnsoft; }
QFrame[role="message"][kind="danger"] { background: $dangersoft; }
QFrame[role="card"] { background: $page; border: 1px solid $line; border-radius: $px10; }
QFrame[role="card"][lit="true"] { border: 2px solid $accent; }
QLabel[role="keys"] {
  font-size: $secondary; color: $muted; border: 1px solid $line; border-radius: $px4;
  padding: $px2 $px6; background: $panel; }

QPushButton, QToolButton {
  background: $page; color: $ink; border: 1px solid $line; border-radius: $px6;
  padding: $px6 $px10; font-weight: 500; }
QPushButton:hover, QToolButton:hover { border-color: $edge; }
QPushButton:pressed, QToolButton:pressed { background: $accentsoft; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: $px4 $px8; }
QPushButton:disabled, QToolButton:disabled { color: $muted; background: transparent; }
QPushButton:checked, QToolButton:checked { background: $accentsoft; color: $accent; }
QPushButton[kind="primary"] { background: $accent; color: $onaccent; border-color: $accent; }
QPushButton[kind="primary"]:focus { border: 2px solid $ink; }
QPushButton[kind="primary"]:disabled { background: $line; color: $muted; border-color: $line; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] {
  background: transparent; border-color: transparent; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: $sel; }
QPushButton[kind="quiet"]:focus, QToolButton[kind="quiet"]:focus { border: 2px solid $accent; }
QPushButton[kind="quiet"]:checked, QToolButton[kind="quiet"]:checked { background: $accentsoft; }
QPushButton[kind="chip"], QToolButton[kind="chip"] {
  border-radius: $px10; padding: $px2 $px10; min-height: $px18; font-weight: 400; }
QPushButton[kind="chip"]:focus, QToolButton[kind="chip"]:focus { padding: 1px $px8; }
QPushButton[kind="link"] {
  background: transparent; border: 2px solid transparent; color: $accent; text-align: left;
  padding: $px2 $px4; font-weight: 400; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:focus { border-color: $accent; }
QPushButton[kind="danger"] { color: $danger; border-color: $danger; background: transparent; }
QPushButton[kind="danger"]:disabled { color: $muted; border-color: $line; }
QToolButton[kind="floating"] {
  background: transparent; border: 2px solid transparent; border-radius: $px6;
  font-size: $secondary; padding: $px2 $px4; }
QToolButton[kind="floating"]:hover { background: $sel; }
QToolButton[kind="floating"]:focus { border-color: $accent; padding: $px2 $px4; }
QPushButton[kind="option"] {
  background: transparent; border: 2px solid transparent; color: $muted; padding: $px2 0;
  margin-left: -2px; font-weight: 400; text-align: left; }
QPushButton[kind="option"]:hover { color: $accent; }
QPushButton[kind="option"]:focus { border-color: $accent; }
QPushButton::menu-indicator { image: none; width: 0; }
QToolButton::menu-indicator { image: none; width: 0; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDoubleSpinBox {
  background: $page; color: $ink; border: 1px solid $line; border-radius: $px6;
  padding: $px6 $px8; selection-background-color: $accent; selection-color: $onaccent;
  placeholder-text-color: $muted; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus,
QDoubleSpinBox:focus { border: 2px solid $accent; padding: $px4 $px6; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled {
  color: $muted; background: transparent; }
QLineEdit[kind="quiet"] { background: transparent; border-color: transparent; padding: $px4 $px6; }
QLineEdit[kind="quiet"]:hover { border-color: $line; }
QLineEdit[kind="quiet"]:focus { border: 2px solid $accent; padding: $px2 $px4; }
QLineEdit[strong="true"] { font-weight: 600; }
QTextEdit[kind="page"] { background: transparent; border: none; border-radius: 0; padding: 0; }
QTextEdit[kind="page"]:focus { border: none; padding: 0; }
QTextEdit[kind="reading"] {
  background: transparent; border: 2px solid transparent; padding: 0; font-size: $reading; }
QTextEdit[kind="reading"]:focus { border-color: $accent; padding: 0; }
QPlainTextEdit[kind="prompt"], QPlainTextEdit[kind="prompt"]:focus {
  background: transparent; border: none; border-radius: 0; padding: 0; font-size: $body; }
QPlainTextEdit[kind="prompt"][large="true"] { font-size: $px18; }
QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus, QAbstractSpinBox QLineEdit:disabled {
  background: transparent; border: none; padding: 0; }
QSpinBox, QDoubleSpinBox { padding: $px4 0; }
QSpinBox:focus, QDoubleSpinBox:focus { padding: $px2 0; }
QComboBox::drop-down, QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button,
QDoubleSpinBox::down-button { border: none; width: $px24; }
QComboBox::down-arrow, QAbstractSpinBox::down-arrow, QAbstractSpinBox::up-arrow {
  image: url("$indicators/down.svg"); width: $px12; height: $px12; }
QAbstractSpinBox::up-arrow { image: url("$indicators/up.svg"); }
QComboBox QAbstractItemView { background: $panel; color: $ink; border: 1px solid $line; }

QCheckBox, QRadioButton { color: $ink; spacing: $px8; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox::indicator {
  width: $px12; height: $px12; border: 1px solid $edge; border-radius: $px4; padding: 1px;
  background: $page; }
QCheckBox::indicator:checked {
  background: $accent; border-color: $accent; image: url("$indicators/check-$shade.svg"); }
QCheckBox::indicator:disabled { border-color: $line; background: transparent; }
QCheckBox::indicator:focus { border: 2px solid $accent; padding: 0; }

QListView, QTableView, QTreeView {
  background: transparent; color: $ink; border: none; outline: none;
  selection-background-color: $sel; selection-color: $ink; }
QListView::item { border-radius: $px8; padding: $px4 $px8; }
QListView::item:hover, QTableView::item:hover { background: $sel; }
QListView::item:selected, QTableView::item:selected { background: $accentsoft; color: $ink; }
QListView::item:selected:focus { border: 2px solid $accent; }
QTableView::item { padding: $px4; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QHeaderView { background: transparent; border: none; }
QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }
QHeaderView::section {
  background: transparent; color: $muted; border: none; border-bottom: 1px solid $line;
  padding: $px6 $px8; font-size: $secondary; }

QTabBar::tab {
  background: transparent; color: $muted; padding: $px6 $px10; border-radius: $px6;
  border: 2px solid transparent; }
QTabBar::tab:selected { background: $accentsoft; color: $ink; }
QTabBar::tab:focus { border-color: $accent; }
QTabWidget::pane { border: none; }
QTabWidget::tab-bar { left: $px8; }

QMenuBar { background: $panel; color: $ink; border: none; }
QMenuBar::item { padding: $px4 $px8; background: transparent; }
QMenuBar::item:selected { background: $sel; }
QMenu { background: $panel; color: $ink; border: 1px solid $line; padding: $px4; }
QMenu::item { padding: $px6 $px24 $px6 $px12; border-radius: $px4; }
QMenu::item:selected { background: $accentsoft; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $line; margin: $px4 $px8; }

QProgressBar {
  background: $line; border: none; border-radius: $px2; max-height: $px6; min-height: $px6; }
QProgressBar::chunk { background: $accent; border-radius: $px2; }
QSplitter::handle { background: $line; }
QSlider::groove:horizontal { height: $px4; background: $line; border-radius: $px2; }
QSlider::handle:horizontal {
  background: $accent; width: $px16; margin: -$px6 0; border-radius: $px8; }
QSlider::handle:horizontal:focus { border: 2px solid $ink; }
QScrollBar:vertical { background: transparent; width: $px10; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: $px4; min-height: $px32; }
QScrollBar::handle:vertical:hover { background: $edge; }
QScrollBar:horizontal { background: transparent; height: $px10; margin: 0; }
QScrollBar::handle:horizontal { background: $line; border-radius: $px4; min-width: $px32; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""
