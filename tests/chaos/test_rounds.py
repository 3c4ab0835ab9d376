"""Kills in mid-run, on real parts: everybody has exactly one mail or is listed in doubt, and the run ends by itself.

`make test` plays the short form; `make chaos` plays CHAOS_ROUNDS rounds of random hits.
"""

import os
import random
import time
from collections.abc import Iterator

import pytest

from tests.chaos.stage import Stage, Tally
from tests.mailings.sink import Sink

pytestmark = [pytest.mark.chaos, pytest.mark.django_db(transaction=True)]
ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "0"))
HITS = (
    "kill_worker", "kill_worker", "freeze_worker", "kill_beat", "flush_broker", "kill_broker", "freeze_broker",
    "cut_connections", "cut_database", "crash_database", "misbehave",
)  # fmt: skip


@pytest.fixture
def stages() -> Iterator[list[Stage]]:
    """The stages of a test, struck whatever happens."""
    opened: list[Stage] = []
    yield opened
    for stage in opened:
        stage.close()


@pytest.mark.parametrize("by_journal", [False, True], ids=["mail by mail", "in sets"])
def test_worker_killed_in_mid_run_leaves_at_most_one_doubt_and_loses_nobody(stages, by_journal):
    with Sink() as sink:
        sink.pace, sink.pipelining = 0.01, by_journal
        stage = Stage(sink, 150, workers=1, by_journal=by_journal)
        stages.append(stage)
        stage.wait_for_mails(47)
        stage.kill_worker()
        stage.wait_for_mails(80)
        stage.flush_broker()
        stage.play_out()
        tally = stage.tally()
    assert (tally.people, tally.lost, tally.duplicates) == (150, 0, 0)
    assert tally.doubts <= 1
    assert len(sink.received) >= 149


@pytest.mark.skipif(not ROUNDS, reason="rounds at random are played by `make chaos`")
def test_random_rounds(stages, capsys):
    total = Tally()
    seed = int(os.environ.get("CHAOS_SEED", time.time_ns() % 100_000))
    for number in range(ROUNDS):
        random.seed(seed + number)
        began = time.monotonic()
        tally, hits = play_round(stages)
        tally.seconds = time.monotonic() - began
        total.add(tally)
        with capsys.disabled():
            print(f"\nround {number + 1} (seed {seed + number}, {tally.seconds:.0f} s): {', '.join(hits)} → {tally}", flush=True)  # noqa: T201
    with capsys.disabled():
        print(f"\n{total}", flush=True)  # noqa: T201
    assert (total.lost, total.duplicates) == (0, 0)
    assert total.doubts <= total.doubts_allowed


def play_round(stages: list[Stage]) -> tuple[Tally, list[str]]:
    with Sink() as sink:
        sink.pace, sink.pipelining = 0.004, random.random() < 0.5
        stage = Stage(sink, 300, by_journal=random.random() < 0.7, beats=random.choice([1, 1, 2]))
        stages.append(stage)
        hits = []
        for moment in sorted(random.sample(range(5, 220), random.randint(2, 5))):
            stage.wait_for_mails(moment)
            hits.append(random.choice(HITS))
            getattr(stage, hits[-1])()
        stage.play_out()
        tally = stage.tally()
        stage.close()
        stages.remove(stage)
    return tally, hits
