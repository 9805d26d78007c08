from nbody_emulator.summaries.block import summarize as summarize
