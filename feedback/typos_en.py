"""Words that weigh, as they are often misspelt, and what was meant. Data, no logic."""

from collections.abc import Mapping

_TABLE = """
    terrible: terible terrable terribl terible teribble
    horrible: horible horribel horrable horribble
    awful: aweful awfull awfuls
    disgusting: discusting disgustin disgustng digusting
    unacceptable: unaceptable unacceptible unexceptable unacceptabel
    disappointed: dissapointed disapointed dissappointed dissapointd disappointd disapointd
    disappointing: dissapointing disapointing dissappointing
    disappointment: dissapointment disapointment dissappointment
    broken: brokn brocken brokken
    ridiculous: rediculous ridiculus rediculus
    useless: usless uselss uselles
    worst: wrost worsed worste
    late: laet
    frustrating: frustating fustrating
    frustrated: frustated fustrated
    defective: defectiv deffective
    damaged: damged dammaged demaged
    wrong: wrng worng
    annoying: anoying annoyng
    refund: refud reffund refound
    charged: chargd
    waiting: waitng waitin
    excellent: excelent exellent excellant exelent excellnt
    awesome: awsome awsom awesom awesme
    amazing: amazng amazin amzing ammazing
    perfect: perfectt perfekt pefect
    beautiful: beutiful beautifull beatiful
    friendly: freindly friendley frendly friendy
    definitely: definately definitly defintely definatly defiantly
    recommend: recomend reccomend reccommend recommand
    delicious: delicous delishious delicius
    satisfied: satisfyed satisfed sattisfied
    fantastic: fantastik fantasic
    wonderful: wonderfull wonderfl
    great: gr8 graet greate
    love: luv lov
    thanks: thnx thanx tnx thks
    happy: hapy happpy
    helpful: helpfull helpfl
    quality: quallity qualty quailty
    service: servise sevice servic serivce
    customer: custmer costumer custumer
    delivery: delivry dilivery delivary
    experience: experiance expirience experence
    please: pleas plese
    really: realy relly
    received: recieved recived
    order: ordr
    because: becuase becasue cuz
"""

TYPOS: Mapping[str, str] = {
    wrong: right
    for right, _, misspelt in (row.strip().partition(":") for row in _TABLE.strip().splitlines())
    for wrong in misspelt.split()
}
"""What was meant, by what was written."""
