from nbody_emulator.inference.amortized import Amortized as Amortized
from nbody_emulator.inference.chains import chains_of as chains_of
from nbody_emulator.inference.evidence import evidence_of as evidence_of
from nbody_emulator.inference.inferred import Inferred as Inferred
from nbody_emulator.inference.methods import infer as infer
from nbody_emulator.inference.observation import Observation as Observation
from nbody_emulator.inference.posterior import Posterior as Posterior
from nbody_emulator.inference.prediction_table import PredictionTable as PredictionTable
