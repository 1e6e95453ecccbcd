"""Metrics in the text form of Prometheus: what is counted, who may read it, and nobody's name in it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from sync.contract.models import ChangeKind
from sync.gateway import metrics
from sync.gateway.app import create_app
from sync.gateway.metrics import Metrics
from tests.sync.gateway_hall import Hall, WindowSeat, check_problem

LINE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"\\\n]*"(,[a-z_]+="[^"\\\n]*")*\})? [0-9.e+-]+')
"""A sample of the text exposition format 0.0.4."""

pytestmark = pytest.mark.usefixtures("engine")


def read(hall: Hall) -> dict[str, float]:
    answer = hall.call("GET", "/metrics")
    assert answer.status_code == 200 and answer.headers["Content-Type"] == metrics.CONTENT_TYPE
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) for line in lines), lines
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def a_morning(hall: Hall) -> WindowSeat:
    window = hall.window()
    manifest = window.manifest()
    window.delivered(manifest)
    window.put(manifest.model_copy(update={"body": {"altered": True}}))
    hall.office.decide(manifest.subject, ChangeKind.ACCEPTED, actor="陈样本")
    hall.clock.forward(seconds=40)
    window.news()
    window.delivered(window.manifest(subject="waits"))
    hall.clock.forward(seconds=20)
    return window


def test_work_is_counted_without_a_name_in_it(hall: Hall) -> None:
    window = a_morning(hall)
    found = read(hall)
    put = 'call="PUT /v1/bundles/{bundle_id}"'
    assert found[f'gateway_calls_total{{{put},status="201"}}'] == 2
    assert found[f'gateway_calls_total{{{put},status="409"}}'] == 1
    assert found[f"gateway_call_seconds_count{{{put}}}"] == 3
    assert found[f'gateway_call_seconds_bucket{{{put},le="+Inf"}}'] == 3
    assert found['gateway_problems_total{code="content-conflict"}'] == 1
    assert found['gateway_feed_delay_seconds_bucket{le="30.0"}'] == 0
    assert found['gateway_feed_delay_seconds_bucket{le="300.0"}'] == 1
    assert found["gateway_feed_delay_seconds_sum"] == 40
    assert found['gateway_matters{state="ACCEPTED"}'] == found['gateway_matters{state="RECEIVED"}'] == 1
    assert found["gateway_oldest_undecided_seconds"] == 20
    assert (found["gateway_windows"], found["gateway_conflicts"]) == (1, 1)
    text = hall.call("GET", "/metrics").text
    for secret in (window.window_id, "W001", "样本", "综合窗口", "敬老"):
        assert secret not in text


def test_rows_out_of_reach_and_faults_are_counted(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    from sync.gateway.errors import OfficeBusy

    def fail(*_: object) -> None:
        raise OfficeBusy

    window = hall.window()
    window.headers()
    with monkeypatch.context() as patch:
        patch.setattr(hall.office.feed, "told", fail)
        check_problem(window.call("GET", "/v1/changes"), 503, "busy")
    hall.call("POST", "/v1/blobs/missing", content=b" " * 70_000)
    hall.call("GET", "/nowhere")
    found = read(hall)
    assert found['gateway_problems_total{code="busy"}'] == 1
    assert found['gateway_problems_total{code="too-large"}'] == 1
    assert found['gateway_calls_total{call="other",status="404"}'] == 1


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via"])
def test_who_comes_through_a_proxy_may_not_read(hall: Hall, header: str) -> None:
    check_problem(hall.call("GET", "/metrics", headers={header: "203.0.113.7"}), 404, "not-found")


def test_with_a_token_only_who_names_it_reads(hall: Hall) -> None:
    hall.app = create_app(hall.office, metrics_token="specimen-token")
    for headers in ({}, {"Authorization": "Bearer other"}):
        check_problem(hall.call("GET", "/metrics", headers=headers), 404, "not-found")
    named = {"Authorization": "Bearer specimen-token", "X-Forwarded-For": "203.0.113.7"}
    assert hall.call("GET", "/metrics", headers=named).status_code == 200


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_what_other_processes_counted_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "SHARE_S", 0.02)
    shared = tmp_path / "shared"
    mine = Metrics()
    mine.add("gateway_problems_total", code="busy")
    mine.share(shared)
    deadline = time.monotonic() + 90
    while not any(shared.glob("*.json")) and time.monotonic() < deadline:
        time.sleep(0.01)
    (left,) = shared.glob("*.json")
    assert json.loads(left.read_text()) == [["gateway_problems_total", [["code", "busy"]], 1.0]]
    left.rename(shared / "1.json")
    (shared / "2.json").write_text("{half")
    assert 'gateway_problems_total{code="busy"} 2' in mine.text(())
    for file in shared.iterdir():
        file.unlink(missing_ok=True)
    shared.rmdir()
