"""`nbody-emulator doctor`: what of this machine and folder is as it should be."""

from nbody_emulator.cli.telling import AsJson, Telling


def doctor(*, json: AsJson = False) -> int:
    """Look over the environment, GPU, SLURM, disk, locks and shell; 1 if something is wrong."""
    from nbody_emulator.cli.health import BAD, MATTERS

    telling = Telling(json)
    findings = []
    for matter in MATTERS:
        findings.append(matter())
        telling.say(str(findings[-1]))
    is_wrong = any(finding.state == BAD for finding in findings)
    return telling.end(1 if is_wrong else 0, findings=[finding._asdict() for finding in findings])
