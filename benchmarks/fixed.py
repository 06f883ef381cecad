"""What fifteen judged KPIs cost over 1,000 rows, where almost nothing depends on the rows: by stages, on both engines.

Also asked again in a session.

Usage: python benchmarks/fixed.py [ROUNDS]
"""

from __future__ import annotations

import sys
from contextlib import closing
from time import perf_counter, process_time

import pandas as pd
from company import FIFTEEN, frames, judged
from timing import Took, in_turn, table

import kpidsl
from kpidsl.data.inputs import read_inputs
from kpidsl.data.limits import Limits
from kpidsl.engines.choose import choose
from kpidsl.engines.keeping import Keep
from kpidsl.plan.ask import ask
from kpidsl.plan.build import make_plan
from kpidsl.plan.timing import make_schedule

ASKED = {"by": ["channel"], "every": "month", "as_of": "2026-12-31"}
STAGES = ("question and plan", "rows bound", "dates surveyed", "schedule", "slots collected")
# Milliseconds: plan and engine, the whole evaluation.
GOALS = {"pandas": (6, 15), "duckdb": (18, 30)}


class Clock:
    """The seconds of each stage."""

    def __init__(self) -> None:
        self.took = {stage: Took() for stage in STAGES}
        self.tick()

    def tick(self) -> None:
        self.wall, self.cpu = perf_counter(), process_time()

    def stage(self, name: str) -> None:
        self.took[name].add(perf_counter() - self.wall, process_time() - self.cpu)
        self.tick()


def collect(catalog: kpidsl.Catalog, data: dict[str, pd.DataFrame], engine: str, clock: Clock) -> None:
    """The stages of `kpidsl.evaluate` up to the slots; the arithmetic and the verdicts come after."""
    clock.tick()
    given = read_inputs(catalog, data, {}).given
    question, _ = ask(catalog, FIFTEEN, **ASKED)
    assert given is not None
    assert question is not None
    plan, _ = make_plan(catalog, question)
    assert plan is not None
    keep = Keep()
    choice = choose(engine, plan, given, Limits(), keep)
    assert choice.engine is not None
    clock.stage("question and plan")
    with closing(keep), closing(choice.engine.bind(plan, given)) as bound:
        clock.stage("rows bound")
        survey = bound.survey(plan, range(len(plan.scans)))
        clock.stage("dates surveyed")
        schedule, _ = make_schedule(plan, {key: line.span for key, line in survey.timelines.items()}, survey.covers)
        assert schedule is not None
        clock.stage("schedule")
        bound.collect(plan, schedule, range(len(schedule.collects)))
        clock.stage("slots collected")


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    catalog = kpidsl.load(texts={"company.yaml": judged()}, strict=True)
    data = frames(1000)
    clocks = {engine: Clock() for engine in GOALS}
    ways = {
        f"plan and engine, {engine}": lambda engine=engine: collect(catalog, data, engine, clocks[engine]) for engine in GOALS
    }
    ways |= {
        f"whole evaluate, {engine}": lambda engine=engine: kpidsl.evaluate(catalog, FIFTEEN, data=data, engine=engine, **ASKED)
        for engine in GOALS
    }
    sessions = {engine: kpidsl.Session(catalog, data=data, engine=engine) for engine in GOALS}
    ways |= {
        f"asked again, {engine}": lambda session=session: session.evaluate(FIFTEEN, **ASKED)
        for engine, session in sessions.items()
    }
    took = in_turn(ways, rounds)
    print(f"15 judged KPIs by channel and month, 1,000 rows; medians of {rounds} rounds\n")
    lines = [("", "wall ms", "CPU ms", "goal")]
    for engine, goals in GOALS.items():
        for name, goal in zip((f"plan and engine, {engine}", f"whole evaluate, {engine}"), goals, strict=True):
            lines.append((name, *took[name].milliseconds, str(goal)))
        lines.append((f"asked again, {engine}", *took[f"asked again, {engine}"].milliseconds, str(goals[1])))
    for engine, clock in clocks.items():
        lines += [(f"  {engine}: {stage}", *each.milliseconds, "") for stage, each in clock.took.items()]
    print(table(lines))


if __name__ == "__main__":
    main()
