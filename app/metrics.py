"""What is counted, for Prometheus. Nothing here names a person, a project or a text."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """One registry per application, so that two of them in one process (as in tests) do not share counts."""

    def __init__(self) -> None:
        r = self.registry = CollectorRegistry()
        self.deliveries = Counter(
            "tactful_deliveries", "Webhook deliveries by outcome.", ("platform", "outcome"), registry=r
        )
        self.missed = Counter(
            "tactful_missed_deliveries",
            "Deliveries that a forge could not make: requested again, recovered, given up.",
            ("platform", "outcome"),
            registry=r,
        )
        self.judged = Counter("tactful_judgements", "Comments judged in a walk.", registry=r)
        self.decided = Counter(
            "tactful_decisions", "Decisions: spoken, or the reason for silence.", ("reason",), registry=r
        )
        self.delivered = Counter(
            "tactful_suggestions", "Suggestions by channel and outcome.", ("channel", "outcome"), registry=r
        )
        self.checks = Counter("tactful_checks", "Texts checked through /v1/check.", ("outcome",), registry=r)
        self.feedback = Counter("tactful_feedback", "Answers to suggestions.", ("answer",), registry=r)
        self.wordings = Counter(
            "tactful_wordings",
            "Candidate wordings by source: shown, spare, or the name of the refusal.",
            ("source", "outcome"),
            registry=r,
        )
        self.language_model = Counter(
            "tactful_language_model",
            "Calls to the language model: answered, failed, resting, budget_spent.",
            ("outcome",),
            registry=r,
        )
        self.accepting = Histogram(
            "tactful_accept_seconds",
            "From a delivery's last byte to its answer.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
            registry=r,
        )
        self.judging = Histogram(
            "tactful_judge_seconds",
            "One judgement in a walk, waiting for its batch included.",
            buckets=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
            registry=r,
        )
        self.rounds = Counter(
            "tactful_pending_rounds", "Requests for pending reviews by outcome.", ("outcome",), registry=r
        )
        self.queue_depth = Gauge("tactful_queue_depth", "Walks accepted and not yet finished.", registry=r)
        self.failed_walks = Gauge(
            "tactful_failed_walks", "Walks that ended in an error and wait for a person.", registry=r
        )

    def language_model_asked(self, outcome: str) -> None:
        """How a call to the language model ended."""
        self.language_model.labels(outcome).inc()

    def reworded(self, source: str, outcome: str) -> None:
        """What became of a candidate wording."""
        self.wordings.labels(source, outcome).inc()
