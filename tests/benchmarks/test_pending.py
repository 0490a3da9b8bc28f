"""The scheduler on a simulated clock, in small: everybody is served, nobody twice, through a dead replica and an outage."""

from __future__ import annotations

from benchmarks.pending import GitHub, World, populated

PEOPLE = 25


def test_several_replicas_serve_everybody_and_nobody_twice() -> None:
    with populated(PEOPLE) as store:
        seen = World(store, 3, active=True).run(130)
    assert seen.people(0, 30) == seen.people(60, 120) == PEOPLE
    assert seen.doubled == seen.refused == 0
    assert seen.requests >= PEOPLE * 5


def test_a_dead_replica_and_an_outage_hold_nobody_up_for_long() -> None:
    github = GitHub(away=lambda at_s: 40 <= at_s < 100)
    with populated(PEOPLE) as store:
        seen = World(store, 2, active=True, dies=(0, 30.0), github=github).run(400)
    assert seen.doubled == 0
    assert seen.people(100, 400) == PEOPLE


def test_the_limits_of_the_simulation_bite() -> None:
    github = GitHub()
    answers = [github.begin(0.0, client=1, person=n) for n in range(101)]
    assert [a.failed for a in answers] == [False] * 100 + [True], "a hundred at once"
    for _ in answers:
        github.end(1)
    for n in range(1_900):
        assert not github.begin(1.0 + n / 1000, client=1, person=n).failed
        github.end(1)
    assert github.begin(4.0, client=1, person=1).wait_s == 60, "two thousand a minute"
    assert not github.begin(4.0, client=2, person=1).failed
