"""Make cin_census.xml: sixty made-up children in the form of the children in need census.

Element names from: Department for Education, "Children in need census: technical specification" (2024 to 2025).
"""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

SEED = 903
CHILDREN = 60
YEAR_END = datetime.date(2025, 3, 31)


def element(parent: ElementTree.Element, name: str, text: object = None) -> ElementTree.Element:
    """Add an element with its text."""
    made = ElementTree.SubElement(parent, name)
    made.text = None if text is None else str(text)
    return made


def make_census() -> ElementTree.Element:
    """Make the whole message."""
    chance = np.random.default_rng(SEED)
    message = ElementTree.Element("Message")
    header = element(message, "Header")
    collection = element(header, "CollectionDetails")
    for name, text in (("Collection", "CIN"), ("Year", 2025), ("ReferenceDate", YEAR_END)):
        element(collection, name, text)
    element(element(header, "Source"), "LEA", "999")
    children = element(message, "Children")
    for number in chance.choice(np.arange(1_000, 90_000), CHILDREN, replace=False):
        child(children, f"{number:07}", chance)
    return message


def child(parent: ElementTree.Element, number: str, chance: np.random.Generator) -> None:
    """Make one child with one or two episodes of need."""
    made = element(parent, "Child")
    identifiers = element(made, "ChildIdentifiers")
    element(identifiers, "LAchildID", number)
    element(identifiers, "UPNunknown", "UN4")
    element(identifiers, "PersonBirthDate", YEAR_END - datetime.timedelta(int(chance.integers(200, 6500))))
    element(identifiers, "Sex", chance.choice(["M", "F"]))
    characteristics = element(made, "ChildCharacteristics")
    element(characteristics, "Ethnicity", chance.choice(["WBRI", "APKN", "MOTH", "NOBT"]))
    if chance.random() < 0.2:
        disabilities = element(characteristics, "Disabilities")
        for code in chance.choice(["LD", "MOB", "AUT"], int(chance.integers(1, 3)), replace=False):
            element(disabilities, "Disability", code)
    for _ in range(1 + int(chance.random() < 0.25)):
        episode(made, chance)


def episode(parent: ElementTree.Element, chance: np.random.Generator) -> None:
    """Make one episode: a referral, its assessment, and what followed."""
    made = element(parent, "CINdetails")
    referred = YEAR_END - datetime.timedelta(int(chance.integers(20, 360)))
    element(made, "CINreferralDate", referred)
    element(made, "ReferralSource", chance.choice(["1A", "2A", "3A", "6"]))
    element(made, "PrimaryNeedCode", chance.choice(["N1", "N2", "N4", "N5"]))
    no_further = chance.random() < 0.15
    element(made, "ReferralNFA", str(no_further).lower())
    if no_further:
        return
    assessment = element(made, "Assessments")
    started = referred + datetime.timedelta(int(chance.integers(0, 4)))
    element(assessment, "AssessmentActualStartDate", started)
    authorised = started + datetime.timedelta(int(chance.integers(15, 80)))
    if authorised <= YEAR_END:
        element(assessment, "AssessmentAuthorisationDate", authorised)
        factors = element(assessment, "FactorsIdentifiedAtAssessment")
        element(factors, "AssessmentFactors", "3B")
    if chance.random() < 0.3:
        enquiry = element(made, "Section47")
        element(enquiry, "S47ActualStartDate", started + datetime.timedelta(2))
        element(enquiry, "InitialCPCtarget", started + datetime.timedelta(21))
        element(enquiry, "DateOfInitialCPC", started + datetime.timedelta(int(chance.integers(12, 26))))
        element(enquiry, "ICPCnotRequired", "false")
    if chance.random() < 0.5:
        element(element(made, "CINPlanDates"), "CINPlanStartDate", started + datetime.timedelta(40))


def main(target: Path) -> None:
    """Write the file."""
    tree = ElementTree.ElementTree(make_census())
    ElementTree.indent(tree)
    tree.write(target, encoding="utf-8", xml_declaration=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("cin_census.xml"))
