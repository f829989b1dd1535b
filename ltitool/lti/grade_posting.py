"""Send a platform's grades, several at a time: one job for each platform, held by one worker among all.

Since a job has one holder, two workers together never send a platform more at a time than it bears. What was
claimed waits here for a free sender; what became of it is written down by one statement for many. When the
platform calls for peace, nothing more is sent, and what was not tried is given back as it was.
"""

import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from ltitool.foundation.db import end_read, read_session, transaction
from ltitool.foundation.errors import LeaseLost
from ltitool.foundation.jobs import Work
from ltitool.lti.grade_claims import SENT, Ending, claim, given_back, next_due, record
from ltitool.lti.grade_courses import Parcel, pack
from ltitool.lti.grade_intents import line_up
from ltitool.lti.grade_sending import Desk, send_grade
from ltitool.lti.platform_pace import Pace, leave_alone, pace_of

SLICE = timedelta(seconds=20)  # then other jobs have their turn
RENEW = timedelta(seconds=10)  # much sooner than anybody takes a job from a worker for dead
TICK = 0.25  # seconds without news, after which we look for what is newly wanted
AHEAD = 3  # so many times what is sent at a time is claimed


def post_grades(platform_id: uuid.UUID, work: Work, desk: Desk) -> datetime | None:
    """Send what is due; gives when to go on, or None when nothing is wanted."""
    pace = pace_of(platform_id, desk.at_once)
    if pace is None:
        return None
    if not pace.is_busy(desk.clock()):
        with ThreadPoolExecutor(pace.at_once, thread_name_prefix="scores") as senders:
            _Posting(platform_id, pace, work, desk, senders).run()
    return _go_on_at(platform_id, desk)


def _go_on_at(platform_id: uuid.UUID, desk: Desk) -> datetime | None:
    pace = pace_of(platform_id, desk.at_once)
    due = next_due(read_session(), platform_id, desk.clock())
    end_read()
    if due is None or pace is None or pace.busy_until is None:
        return due
    return max(due, pace.busy_until)


class _Posting:
    """One turn of a platform's job."""

    def __init__(
        self, platform_id: uuid.UUID, pace: Pace, work: Work, desk: Desk, senders: ThreadPoolExecutor
    ) -> None:
        now = desk.clock()
        self._platform_id, self._work, self._desk, self._senders = platform_id, work, desk, senders
        self._most, self._at_once = pace.at_once, pace.first_step(now)
        self._until, self._renew_at = now + SLICE, now + RENEW
        self._waiting: deque[Parcel] = deque()
        self._under_way = 0
        self._back: SimpleQueue[Ending] = SimpleQueue()
        self._ended: list[Ending] = []
        self._pause: datetime | None = None
        self._lost: LeaseLost | None = None
        self._look = True  # there may be more that is due
        self._quiet = False  # no news for a while

    def run(self) -> None:
        """Send until nothing is due, the time is over or the platform wants peace.

        Raises:
            LeaseLost: somebody else has the job now; what was under way is written down all the same.
        """
        while True:
            self._hold_job()
            self._start()  # what waits is on its way while the database writes
            if self._should_settle():
                self._settle()
                self._start()
            if not self._under_way:
                break
            self._take_news()
        if self._lost is not None:
            raise self._lost

    def _is_closing(self) -> bool:
        over = self._desk.clock() >= self._until or self._work.stopping()
        return over or self._pause is not None or self._lost is not None

    def _hold_job(self) -> None:
        now = self._desk.clock()
        if now < self._renew_at or self._lost is not None:
            return
        try:
            self._work.renew()
            self._renew_at = now + RENEW
        except LeaseLost as lost:
            self._lost = lost

    def _should_settle(self) -> bool:
        if not self._under_way or self._quiet or len(self._ended) >= 2 * self._most:
            return True
        if self._is_closing():
            return bool(self._waiting)
        return self._look and len(self._waiting) < self._at_once

    def _settle(self) -> None:
        """Write down what ended, and claim more, in one transaction."""
        self._quiet = False
        closing = self._is_closing()
        if closing:
            self._ended += [given_back(parcel.attempt) for parcel in self._waiting]
            self._waiting.clear()
        wanted = 0 if closing else AHEAD * self._most - len(self._waiting)
        look = wanted > 0 and (self._look or not self._under_way)
        with transaction() as session:
            if self._ended:
                line_up(session, platform_id=self._platform_id)  # else two with many rows wait crosswise
            record(session, self._ended)
            if self._pause is not None:
                leave_alone(session, self._platform_id, self._pause)
            now = self._desk.clock()
            claimed = claim(session, self._platform_id, at=now, most=wanted) if look else []
        self._ended = []
        self._look = len(claimed) == wanted
        if claimed:
            self._waiting += pack(claimed, self._desk.client_for)

    def _start(self) -> None:
        while self._waiting and self._under_way < self._at_once and not self._is_closing():
            self._under_way += 1
            self._senders.submit(self._send, self._waiting.popleft())

    def _send(self, parcel: Parcel) -> None:
        self._back.put(send_grade(parcel, self._desk))

    def _take_news(self) -> None:
        """Wait for an attempt to end, and take all that have."""
        try:
            self._note(self._back.get(timeout=TICK))
        except Empty:
            self._quiet = self._look = True
        with suppress(Empty):
            while True:
                self._note(self._back.get_nowait())

    def _note(self, ending: Ending) -> None:
        self._under_way -= 1
        self._ended.append(ending)
        if ending.state == SENT:
            self._at_once = min(self._at_once + 1, self._most)
        if ending.pause is not None:
            self._pause = max(ending.pause, self._pause or ending.pause)
