"""One hospital's emergency care data set: CSV of items, and the message (CDS type 011) of its newer system."""

from __future__ import annotations

from throughline.invent.days import ISO, MINUTES, stamp
from throughline.invent.deliveries import Delivery
from throughline.invent.extract_files import source_id
from throughline.invent.files import Files
from throughline.invent.model import Life
from throughline.invent.partners import Visit
from throughline.invent.people import World, known_to

_NAMES = ("NHSNumber", "NHSNumberStatusIndicatorCode", "LocalPatientIdentifier", "PersonGivenName", "PersonFamilyName")
_PERSON = (*_NAMES, "PersonBirthDate", "PostcodeOfUsualAddress", "WithheldIdentityReason")
_PLACE = ("OrganisationSiteIdentifier_OfTreatment", "EmergencyCareDepartmentType")
_OCCURRENCE = (
    "AttendanceIdentifier",
    "EmergencyCareArrivalMode",
    "EmergencyCareArrivalDate",
    "EmergencyCareArrivalTime",
    "EmergencyCareChiefComplaint_SnomedCt",
    "EmergencyCareInjuryDate",
    "EmergencyCareInjuryTime",
    "EmergencyCarePlaceOfInjury_SnomedCt",
    "EmergencyCareInjuryIntent_SnomedCt",
    "EmergencyCareInjuryMechanism_SnomedCt",
    "EmergencyCareInjuryAlcoholOrDrugInvolvement_SnomedCt",
    "EmergencyCareDiagnosis_SnomedCt",
    "SafeguardingConcern_SnomedCt",
    "ReferredToService_SnomedCt",
    "EmergencyCareDepartureDate",
    "EmergencyCareDepartureTime",
    "EmergencyCareDischargeStatus_SnomedCt",
    "EmergencyCareDischargeDestination_SnomedCt",
)
_SELF = "276853009"
"""SNOMED CT: intentional self-harm."""
_VERIFIED, _UNVERIFIED, _WITHHELD = "01", "02", "07"
_OTHER_REASONS = "97"


class Ecds:
    """The attendances of one month; XML from the day the hospital's system changed."""

    def __init__(self, world: World, files: Files, delivery: Delivery) -> None:
        self._world = world
        self._files = files
        self._agency = delivery.sender.agency
        self._areas = delivery.sender.areas
        self._from, self._to = delivery.since, delivery.cut
        self._xml = delivery.received > world.until - world.partnership.ecds_xml_days
        if self._xml:
            self._name = f"{delivery.folder}/ecds.xml"
            head = "<?xml version='1.0' encoding='UTF-8'?>\n<CDSMessage>\n<CDS011EmergencyCareMessages>\n"
            files.begin(self._name, head, "</CDS011EmergencyCareMessages>\n</CDSMessage>\n")
        else:
            self._name = f"{delivery.folder}/ecds.csv"
            files.begin(self._name, ",".join((*_PERSON, *_PLACE, *_OCCURRENCE)) + "\n")

    def add(self, life: Life) -> None:
        """Write the child's attendances since the last delivery."""
        for visit in life.visits:
            if visit.area in self._areas and self._from < visit.left <= self._to:
                person, place, occurrence = self._person(life, visit), _place(visit), _occurrence(visit)
                if self._xml:
                    self._files.add(self._name, _message(person, place, occurrence))
                else:
                    cells = (*person, *place, *occurrence)
                    self._files.add(self._name, ",".join(f'"{c}"' if "," in c else c for c in cells) + "\n")

    def close(self) -> None:
        """Nothing waits."""

    def _person(self, life: Life, visit: Visit) -> tuple[str, ...]:
        """Named where the hospital was worried; else only the hospital's own number, the identity withheld."""
        local = source_id(self._agency, life)
        if not visit.concern:
            return ("", _WITHHELD, local, "", "", "", "", _OTHER_REASONS)
        who = known_to(self._world, life.child, self._agency, life.child.home(visit.at // MINUTES))
        if who.nhs_number:
            return (who.nhs_number, _VERIFIED, local, "", "", ISO[who.born], who.postcode, "")
        return ("", _UNVERIFIED, local, who.forename, who.surname, ISO[who.born], who.postcode, "")


def _place(visit: Visit) -> tuple[str, ...]:
    return (f"R{visit.area + 1}H0{visit.area + 1}", "01")


def _occurrence(v: Visit) -> tuple[str, ...]:
    arrived, left = stamp(v.at).split("T"), stamp(v.left).split("T")
    hurt = stamp(v.injured_at).split("T") if v.injured_at else ["", ""]
    intent = _SELF if v.intent == "self" else v.intent
    what = (v.place, intent, v.mechanism, v.substances, v.diagnosis, v.concern, v.referred)
    return (v.id, v.mode, *arrived, v.complaint, *hurt, *what, *left, v.status, v.destination)


def _message(person: tuple[str, ...], place: tuple[str, ...], occurrence: tuple[str, ...]) -> str:
    nhs, status, local, *_, withheld = person
    if withheld:
        identity = (
            f"<WithheldIdentity_Structure><NHSNumberStatusIndicatorCode>{status}</NHSNumberStatusIndicatorCode>"
            f"<WithheldIdentityReason>{withheld}</WithheldIdentityReason></WithheldIdentity_Structure>"
        )
    else:
        shape = "Verified" if nhs else "Unverified"
        identity = f"<{shape}Identity_Structure>{_elements(_PERSON, person)}</{shape}Identity_Structure>"
    own = f"<LocalPatientIdentifier>{local}</LocalPatientIdentifier>" if withheld else ""
    return (
        f"<CDS011EmergencyCare><PersonGroupPatient>{own}{identity}</PersonGroupPatient>"
        f"<EmergencyCareAttendanceLocation>{_elements(_PLACE, place)}</EmergencyCareAttendanceLocation>"
        f"<AttendanceOccurrence>{_elements(_OCCURRENCE, occurrence)}</AttendanceOccurrence></CDS011EmergencyCare>\n"
    )


def _elements(names: tuple[str, ...], cells: tuple[str, ...]) -> str:
    return "".join(f"<{name}>{cell}</{name}>" for name, cell in zip(names, cells, strict=True) if cell)
