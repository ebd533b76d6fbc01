"""Jobs: loading deliveries, and taking up again what a worker that died had in hand."""

from __future__ import annotations

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

from throughline.web import clock
from throughline.web.casework import loading, tidying
from throughline.web.intake.actions import LOAD

log = logging.getLogger(__name__)


@app.task(name=LOAD)
def load_delivery(delivery: int) -> None:
    """Load one delivery. One that is loaded already is left as it is, so asking twice does no harm."""
    loaded = loading.load(delivery)
    log.info("delivery %s: %s", delivery, loaded.status)


@app.periodic(cron="30 3 * * *")
@app.task(name="tidy", queueing_lock="tidy")
def tidy(timestamp: int) -> None:
    """Let go, every night, of what was kept its time."""
    log.info("tidied: %s", tidying.tidy(day=clock.today()))


@app.periodic(cron="* * * * *")
@app.task(name="take_up_stalled", queueing_lock="take_up_stalled", pass_context=True)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Run again the jobs of workers that have not been heard of for half a minute."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        await app.job_manager.retry_job(job)
