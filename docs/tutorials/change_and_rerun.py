# %% [markdown]
# # Change one number, and see what reruns
#
# An experiment is a file of YAML and the code of this repository. Here one is copied, run, and changed in
# small ways, and before each run the repository says what it would make again, and why. You need a clone
# with `make install` behind it, and a few minutes; the experiment is `test`, which does all that the larger
# ones do with so few runs that its numbers mean nothing.

# %%
# %cd -q ../..

# %% language="bash"
# make results EXPERIMENT=test > run.log 2>&1
# ls results/test

# %% [markdown]
# ## A copy is no new work
#
# Results are named by what they are made of: the keys of the configuration that a step reads, the code that
# it runs, and the names of what it reads. Where a file with that name is there, nothing runs. So a copy
# under another name shares all but what holds the name itself:

# %% language="bash"
# sed 's/^experiment: test$/experiment: mine/' config/test.yaml > config/mine.yaml
# make explain EXPERIMENT=mine

# %% language="bash"
# make results EXPERIMENT=mine > run.log 2>&1
# make explain EXPERIMENT=mine

# %% [markdown]
# ## One number
#
# The lasso is fitted with two penalties, to see how bias and variance change with it. We change the second
# one.

# %% language="bash"
# sed -i 's/penalties: \[0.01, 0.3\]/penalties: [0.01, 0.1]/' config/mine.yaml
# diff config/test.yaml config/mine.yaml
# make explain EXPERIMENT=mine

# %% [markdown]
# `old -> new` is the cause; below it stands what follows: the table that shows the ladder, its figure, and
# the metrics. No cluster is simulated again, and no other fit is made. Run it, and count by kind what was
# made:

# %% language="bash"
# touch before
# make results EXPERIMENT=mine > run.log 2>&1
# find results/store -name receipt.json -newer before | cut -d / -f 3 | sort | uniq -c

# %% [markdown]
# ## A number that changes everything
#
# The softening stands in the force between any two stars. Nothing is run here; `explain` only says what
# would be.

# %% language="bash"
# sed -i 's/softening: {length: 0.05}/softening: {length: 0.06}/' config/mine.yaml
# make explain EXPERIMENT=mine > explained.txt
# grep -m 1 -A 1 simulations explained.txt
# tail -n 1 explained.txt

# %% [markdown]
# Put back, it costs nothing, as what was made before is still there:

# %% language="bash"
# sed -i 's/softening: {length: 0.06}/softening: {length: 0.05}/' config/mine.yaml
# make explain EXPERIMENT=mine

# %% [markdown]
# ## Code counts, comments do not
#
# A remark in the module that computes energies, which every simulation runs:

# %% language="bash"
# echo "# Looked through, and understood." >> src/nbody_emulator/simulation/energy.py
# make explain EXPERIMENT=mine

# %% [markdown]
# A change of what the code says is another matter. The core radius is found by the densities around stars,
# up to their sixth neighbour. With the seventh, every summary would be made again and all that stands on
# them, but no simulation of the first sets: clusters are kept as snapshots. (Those at draws from posteriors
# are simulated again: posteriors change.)

# %% language="bash"
# sed -i 's/^NEIGHBOURS = 6/NEIGHBOURS = 7/' src/nbody_emulator/summaries/core_radius.py
# make explain EXPERIMENT=mine > explained.txt
# grep -m 1 -B 1 -A 1 core_radius explained.txt
# grep simulations explained.txt
# tail -n 1 explained.txt

# %% [markdown]
# ## Where this ends
#
# - Equal names promise equal bits on one kind of processor; on another, the same to the noise of its last
#   digits.
# - `explain` compares with how the experiment was made last. What was made before that is still used, and
#   `make gc` lists what no experiment uses any more.
# - Refactored code that is meant to change nothing can be proved to, by `make accept`: [What reruns
#   when](../rerun.md) has the whole contract, row by row, and how it is tested.
