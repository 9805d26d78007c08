from nbody_emulator.features.start import Start as Start
from nbody_emulator.features.view import seen_of as seen_of
