"""Controls, marks, layouts and options as frozen records: names only."""

from .controls import Control as Control
from .layout import Column as Column
from .layout import Grid as Grid
from .layout import Layout as Layout
from .layout import Plot as Plot
from .layout import Row as Row
from .marks import Mark as Mark
from .marks import Typed as Typed
from .options import FigureOptions as FigureOptions
from .options import Record as Record
from .options import SimulationOptions as SimulationOptions
