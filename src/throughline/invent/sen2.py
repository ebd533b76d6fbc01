"""One authority's SEN2 return of one calendar year, as XML."""

from __future__ import annotations

from throughline.invent.days import ISO, MINUTES
from throughline.invent.deliveries import Delivery
from throughline.invent.files import Files
from throughline.invent.model import Life
from throughline.invent.partners import Plan
from throughline.invent.people import World, known_to

_SETTINGS = {"special": "SPEC", "pru": "AP"}


class Sen2:
    """Everyone for whom a plan was asked for in the year, or who has one at its end."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        self._world = world
        self._files = files
        self._agency = delivery.sender.agency
        self._area = delivery.sender.areas[0]
        self._year = delivery.year
        self._last = delivery.cut // MINUTES
        self._name = f"{delivery.folder}/SEN2_{delivery.year}.xml"
        la = world.partnership.areas[self._area].la
        files.begin(
            self._name,
            f'<?xml version="1.0" encoding="UTF-8"?>\n<Message>\n  <Header>\n    <CollectionDetails>'
            f"<Collection>SEN2</Collection><Year>{self._year + 1}</Year>"
            f"<ReferenceDate>{self._year + 1}-01-15</ReferenceDate></CollectionDetails>\n"
            f"    <Source><SourceLevel>L</SourceLevel><LEA>{la}</LEA></Source>\n  </Header>\n  <Persons>\n",
            "  </Persons>\n</Message>\n",
        )

    def add(self, life: Life) -> None:
        """Write the child's Person, if it has to do with the year."""
        plan = life.plan
        if plan is None or plan.area != self._area or plan.requested > self._last:
            return
        asked_this_year = ISO[plan.requested].startswith(str(self._year))
        active = plan.issued is not None and plan.issued <= self._last
        if not asked_this_year and not active:
            return
        child = life.child
        who = known_to(self._world, child, self._agency, child.home(self._last))
        upn = f"<UPN>{who.upn}</UPN>" if who.upn else "<UPNunknown>UN3</UPNunknown>"
        body = self._request(plan) if asked_this_year else ""
        body += self._active(life, plan) if active else ""
        self._files.add(
            self._name,
            f"    <Person><Surname>{who.surname}</Surname><Forename>{who.forename}</Forename>"
            f"<PersonBirthDate>{ISO[who.born]}</PersonBirthDate><Sex>{child.sex}</Sex>"
            f"<Ethnicity>{child.ethnicity}</Ethnicity><PostCode>{who.postcode}</PostCode>{upn}{body}</Person>\n",
        )

    def close(self) -> None:
        """Nothing waits."""

    def _request(self, plan: Plan) -> str:
        answered = plan.answered <= self._last
        outcome = ("Y" if plan.assessed else "N") if answered else "A"
        told = f"<RequestOutcomeDate>{ISO[plan.answered]}</RequestOutcomeDate>" if answered else ""
        assessment = ""
        if plan.assessed and plan.assessed <= self._last:
            named = ""
            if plan.issued and plan.issued <= self._last:
                urn = self._world.partnership.areas[plan.area].schools[plan.school].urn
                named = f"<NamedPlan><StartDate>{ISO[plan.issued]}</StartDate><URN>{urn}</URN></NamedPlan>"
            assessment = (
                f"<Assessment><AssessmentOutcome>Y</AssessmentOutcome>"
                f"<AssessmentOutcomeDate>{ISO[plan.assessed]}</AssessmentOutcomeDate>"
                f"<Week20>N</Week20>{named}</Assessment>"
            )
        return (
            f"<Requests><ReceivedDate>{ISO[plan.requested]}</ReceivedDate><RYA>0</RYA>{told}"
            f"<RequestOutcome>{outcome}</RequestOutcome>{assessment}</Requests>"
        )

    def _active(self, life: Life, plan: Plan) -> str:
        on_roll = next((e for e in reversed(life.roll) if e.entry <= self._last), None)
        where = ""
        if on_roll:
            school = self._world.partnership.areas[on_roll.area].schools[on_roll.school]
            setting = _SETTINGS.get(school.phase, "MAIN")
            where = (
                f"<URN>{school.urn}</URN><SENSetting>{setting}</SENSetting><EntryDate>{ISO[on_roll.entry]}</EntryDate>"
            )
        held = [r for r in plan.reviews if r.held and r.held <= self._last]
        review = ""
        if held and held[-1].held:
            letter = held[-1].decided
            review = (
                f"<ReviewMeeting>{ISO[held[-1].held]}</ReviewMeeting><ReviewOutcome>{held[-1].outcome}</ReviewOutcome>"
            )
            review += f"<LastReview>{ISO[letter]}</LastReview>" if letter and letter <= self._last else ""
        return f"<ActivePlans>{where}<SENtype>{plan.need}</SENtype><SENtypeRank>1</SENtypeRank>{review}</ActivePlans>"
