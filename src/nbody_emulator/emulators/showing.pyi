from matplotlib.figure import Figure as Figure
from nbody_emulator.emulators.card import card_of as card_of
from nbody_emulator.emulators.prediction_plot import drawn as drawn
from nbody_emulator.emulators.prediction_tables import dataset_of as dataset_of
from nbody_emulator.emulators.prediction_tables import frame_of as frame_of
from pandas import DataFrame as DataFrame
