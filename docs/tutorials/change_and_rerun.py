# %% [markdown]
# # Change one number, and see what reruns
#
# An experiment is a file of YAML and the code of this repository. Here one is copied, run, and changed in
# small ways, and before each run the repository says what it would make again, and why. You need a clone in
# which `make results EXPERIMENT=test` has run once, which takes minutes. The experiment `test` does all that
# the larger ones do, with so few runs that its numbers mean nothing.

# %%
# %cd -q ../..

# %% [markdown]
# ## A copy is no new work
#
# Results are named by what they are made of: the keys of the configuration that a step reads, the code that
# it runs, and the names of what it reads. Where a result of that name is there, nothing runs. So a copy of
# the experiment shares all but what holds its name:

# %% language="bash"
# sed 's/^experiment: test$/experiment: mine/' config/test.yaml > config/mine.yaml
# make explain EXPERIMENT=mine

# %% language="bash"
# make results EXPERIMENT=mine > run.log 2>&1
# ls results/mine | grep -v export

# %% [markdown]
# Those are the results of `mine` under plain names. The emulators among them were fitted for `test`.
#
# ## One number
#
# The lasso is fitted with two penalties, to see how its bias and its variance depend on them. We change the
# second one.

# %% language="bash"
# sed -i 's/penalties: \[0.01, 0.3\]/penalties: [0.01, 0.1]/' config/mine.yaml
# make explain EXPERIMENT=mine

# %% [markdown]
# The line with `->` is the cause, and below it stands what follows: the table that shows these fits, its
# figure, and the metrics, which hold every table. No cluster is simulated again, and no other family is
# fitted. Run it, and count by kind what was made:

# %% language="bash"
# touch before
# make results EXPERIMENT=mine > run.log 2>&1
# find results/store -name receipt.json -newer before | cut -d / -f 3 | sort | uniq -c

# %% [markdown]
# As was said. The results with the old number are still in `results/store`, and serve `test`.
#
# ## A number that changes everything
#
# The softening stands in the force between any two stars. Nothing is run here; `explain` only says what
# would be.

# %% language="bash"
# sed -i 's/softening: {length: 0.05}/softening: {length: 0.06}/' config/mine.yaml
# make explain EXPERIMENT=mine > explained.txt
# grep -m 1 -e '->' explained.txt
# grep -c '^simulations' explained.txt
# tail -n 1 explained.txt

# %% [markdown]
# The number in the middle counts blocks of simulations: all of them.
#
# ## Put back, and a comment
#
# Put back, it costs nothing, as what was made before is still there. At the same time we write a remark into
# the module that computes energies, which every simulation runs. It is no part of what the code does:

# %% language="bash"
# sed -i 's/softening: {length: 0.06}/softening: {length: 0.05}/' config/mine.yaml
# echo "# Looked through, and understood." >> src/nbody_emulator/simulation/energy.py
# make explain EXPERIMENT=mine

# %% [markdown]
# ## A line of code
#
# A change of what code does is another matter. The core radius is found by the densities around stars, up to
# their sixth neighbour. With the seventh, the summaries of all runs are made again, and what is fitted to
# them:

# %% language="bash"
# sed -i 's/^NEIGHBOURS = 6/NEIGHBOURS = 7/' src/nbody_emulator/summaries/core_radius.py
# make explain EXPERIMENT=mine > explained.txt
# grep 'core_radius' explained.txt | sort | uniq
# grep '^simulations' explained.txt
# tail -n 1 explained.txt

# %% [markdown]
# No training run is simulated again: snapshots were kept. The two blocks are new runs at draws from
# posteriors, and posteriors change with the fits.
#
# ## Where this ends
#
# - Equal names promise equal bits on one kind of processor; on another they promise the same statistics.
# - `explain` compares with how the experiment was made last. What older versions left is listed by `make
#   gc`, if no experiment uses it any more.
# - Code that is written anew to do the same as before counts as changed. `make accept` keeps its results, if
#   they come out equal to the last bit.
# - [What reruns when](../rerun.md) has all of this row by row, and how each row is tested.
