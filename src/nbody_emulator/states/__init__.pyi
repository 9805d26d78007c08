from nbody_emulator.states.files import read_stars as read_stars
from nbody_emulator.states.files import write_stars as write_stars
from nbody_emulator.states.state import State as State
