"""One run of the `test` experiment on the cluster."""

from finished_run import Repository
from head import Head, fill_in_profile
from slurm_here import Cluster, Job, is_at_work


class Run:
    """Its repository, the Snakemake at its head, its jobs, and what was done to some of them.

    Attributes:
        victims: what was done -> the jobs as they were before.
    """

    def __init__(self, cluster: Cluster, repository: Repository) -> None:
        self.cluster, self.repository = cluster, repository
        self.victims: dict[str, list[Job]] = {}
        self._starts = 0
        fill_in_profile(repository)

    def __enter__(self) -> "Run":
        return self

    def __exit__(self, *_) -> None:
        if self.head.process.poll() is None:
            self.head.kill()

    def start(self, *arguments: str) -> None:
        self._starts += 1
        self.head = Head(
            self.repository, self.repository.root.parent / f"said-{self._starts}.txt", *arguments
        )

    def finish(self) -> None:
        """Wait for the end, which has to be a good one."""
        status = self.head.wait(2400)
        assert status == 0, self.head.said[-5000:]

    def jobs(self, *states: str, rule: str = "") -> list[Job]:
        """Those in one of `states`, or all; of one rule, or all."""
        own = [job for job in self.cluster.jobs() if job.folder == self.repository.root]
        return [job for job in own if (not states or job.state in states) and job.rule.startswith(rule)]

    def at_work(self, rule: str = "") -> list[Job]:
        """Those that have come to the work itself."""
        return [job for job in self.jobs("RUNNING", rule=rule) if is_at_work(job)]

    def copies(self, jobs: list[Job], *states: str) -> list[Job]:
        """Other jobs that were to make the results of `jobs`."""
        numbers, results = {job.number for job in jobs}, {job.result for job in jobs}
        return [job for job in self.jobs(*states) if job.result in results and job.number not in numbers]

    def fate(self, victims: str) -> list[Job]:
        """What became of the jobs to which something was done."""
        numbers = {job.number for job in self.victims[victims]}
        return [job for job in self.jobs() if job.number in numbers]

    def log_of(self, job: Job) -> str:
        """What the job said; the plugin keeps it if the job was not reported as done."""
        (path,) = self.repository.root.glob(f".snakemake/slurm_logs/**/{job.number}.log")
        return path.read_text()
