"""What fifteen judged KPIs cost over 1,000 rows, where almost nothing depends on the rows: by stages, on both engines.

Also asked again in a session. The goals are in milliseconds of another machine, so it is also shown what the same numbers take
by hand on this one, without verdicts.

Usage: python benchmarks/fixed.py [ROUNDS]
"""

from __future__ import annotations

import sys
from contextlib import closing
from time import perf_counter, process_time

import duckdb
import pandas as pd
from by_hand import twenty
from by_sql import DUCKDB_FRAMES, statement
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


def by_sql(connection: duckdb.DuckDBPyConnection, data: dict[str, pd.DataFrame]) -> None:
    """The fifteen with what intervals need, no row checked."""
    for name, frame in data.items():
        connection.register(name, frame)
    connection.execute(statement(FIFTEEN, DUCKDB_FRAMES, {name: name for name in data}, intervals=True)).df()


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
    connection = duckdb.connect()
    by_hand = {"duckdb": "15 KPIs by hand in DuckDB's SQL", "pandas": "20 KPIs by hand in pandas"}
    ways |= {
        by_hand["duckdb"]: lambda: by_sql(connection, data),
        by_hand["pandas"]: lambda: twenty(data, intervals=True),
    }
    took = in_turn(ways, rounds)
    print(f"15 judged KPIs by channel and month, 1,000 rows; medians of {rounds} rounds\n")
    lines = [("", "wall ms", "CPU ms", "goal", "/ by hand (CPU)")]
    for engine, (goal, whole) in GOALS.items():
        hand = took[by_hand[engine]]
        for name, most in (
            (f"plan and engine, {engine}", goal),
            (f"whole evaluate, {engine}", whole),
            (f"asked again, {engine}", whole),
        ):
            lines.append((name, *took[name].milliseconds, str(most), took[name].over(hand)[1]))
        lines.append((by_hand[engine], *hand.milliseconds, "", ""))
    for engine, clock in clocks.items():
        lines += [(f"  {engine}: {stage}", *each.milliseconds, "", "") for stage, each in clock.took.items()]
    print(table(lines))


if __name__ == "__main__":
    main()
