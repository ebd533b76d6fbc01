"""Jobs: loading deliveries, and taking up again what a worker that died had in hand."""

from __future__ import annotations

import logging
from datetime import timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app

from throughline.web import clock
from throughline.web.accounts import guesses, sessions
from throughline.web.casework import (
    filling,
    keeping_destroying,
    loading,
    mailing,
    sealing_up,
    telling,
    tidying,
    unusual,
)
from throughline.web.casework.deciding import JOB
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
    sessions.let_go()
    guesses.let_go()
    keeping_destroying.sweep(clock.now() - timedelta(days=1))


@app.periodic(cron="* * * * *")
@app.task(name="tell", queueing_lock="tell")
def tell(timestamp: int) -> None:
    """Tell people, every minute, what needs them now, and once a morning what stands on their lists."""
    written, mailed = telling.tell() + telling.digests(), mailing.post()
    if written or mailed:
        log.info("messages written: %s, mailed: %s", written, mailed)


@app.task(name=JOB)
def rule_work(work: int) -> None:
    """Try a rule, or fill in what was decided about one. Asked twice, the second time does no harm."""
    filling.run(work)


@app.periodic(cron="5 0 * * *")
@app.task(name="rules_of_the_day", queueing_lock="rules_of_the_day")
def rules_of_the_day(timestamp: int) -> None:
    """Fill in what was decided to hold from today on."""
    log.info("rules that hold from today: %s", filling.begun_today())


@app.periodic(cron="* * * * * */10")
@app.task(name="seal_audit", queueing_lock="seal_audit")
def seal_audit(timestamp: int) -> None:
    """Seal, every ten seconds, what was recorded of looks and changes."""
    sealing_up.seal_up()


@app.periodic(cron="40 0 * * *")
@app.task(name="find_unusual", queueing_lock="find_unusual")
def find_unusual(timestamp: int) -> None:
    """Find, every night, the looks of the days before that somebody is to check."""
    log.info("looks to be checked: %s", unusual.find())


@app.periodic(cron="45 3 * * *")
@app.task(name="forget_done_jobs", queueing_lock="forget_done_jobs")
async def forget_done_jobs(timestamp: int) -> None:
    """Let go of jobs that went well a day ago; those that failed stay for a person to see."""
    await app.job_manager.delete_old_jobs(nb_hours=24)


@app.periodic(cron="* * * * *")
@app.task(name="take_up_stalled", queueing_lock="take_up_stalled", pass_context=True)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Run again the jobs of workers that have not been heard of for half a minute."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        await app.job_manager.retry_job(job)
