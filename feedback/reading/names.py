"""First names that the model does not look at: common ones of many countries that are no words. Data."""

from feedback.matching import listed

NAMES = listed("""
    aaron abby abdul abdullah abigail adam adele adrian agnes ahmed aisha alan albert alberto
    alejandro alex
    alexa alexander alexandra alexis alfred ali alice alicia alison amanda amelia amir amy ana
    anastasia anders
    andrea andreas andrew andy angela angelina anita anna anne annie anthony antonio anya arjun
    arthur ashley
    audrey barbara beatrice ben benjamin bernard beth betty bianca boris brad bradley brandon
    brenda brian
    bruce bruno bryan caleb calvin camila carl carla carlos carmen carol caroline carolyn
    catherine cathy
    cecilia cedric charles charlotte chen chloe chris christian christina christine christopher
    cindy claire
    clara claudia colin connor craig cristina cynthia daniel daniela danielle danny david
    deborah debra dennis
    derek diana diane diego dmitri dominic donald donna doris dorothy douglas dylan edgar edith
    eduardo edward
    edwin eileen elaine elena eli elijah elizabeth ella ellen emily emma eric erica erika erin
    ernest esther
    ethan eugene eva evan evelyn fatima felicia felix fernando fiona florence frances francesca
    francis
    francisco franco fred frederick gabriel gabriela gareth gary gavin george gerald gilbert
    gina giovanni
    gloria gordon greg gregory greta guillermo gustavo hannah hans harold harriet harry harvey
    hassan heather
    hector heidi helen helena henry herbert hiroshi howard hugo ian ibrahim ida igor ingrid
    irene iris isaac
    isabel isabella ivan jack jackie jackson jacob jake james jamie jan jane janet janice jason
    javier jean
    jeff jeffrey jennifer jenny jeremy jerome jerry jesse jessica jill jim jimmy joan joanna
    joe joel john
    johnny jonas jonathan jordan jorge jose joseph josh joshua joyce juan juanita judith judy
    julia julian julie
    juliet justin kamal karen karim karl kate katherine kathleen kathryn kathy katie keith
    kelly ken kenneth
    kevin khalid kim kimberly kiran klaus kyle lara larry laura lauren laurence lee lena leo
    leon leonard
    leonardo leslie lewis li liam lily lina linda lisa liu lopez lorenzo louis louise luca
    lucas lucia lucy luigi
    luis luke lydia madison manuel marc marco marcus margaret maria mariam marian marie marina
    mario marion
    marjorie markus marta martha martin martina marvin mary mateo matt matthew maureen maurice
    megan mei
    melanie melissa mercedes michael michelle miguel mike mina ming mohamed mohammed molly
    monica morgan muhammad
    murphy nadia nancy naomi natalia natalie natasha nathan neil nicholas nicolas nicole nigel
    nikhil nina
    nora norma norman olga oliver olivia omar oscar pablo pamela patricia patrick paul paula
    pauline pedro
    peggy peter petra philip phillip phyllis pierre priya rachel rafael rahul raj ralph ramon
    raymond rebecca
    regina rene ricardo richard rita robert roberta roberto robin rodney roger roland ronald
    rosa rosalind
    rosemary roxanne ruben russell ruth ryan sabrina salma sam samantha samuel sandra sanjay
    sara sarah scott
    sean sebastian sergei sergio sharon sheila shirley silvia simon singh sofia sonia sophia
    sophie stefan
    stella stephanie stephen steve steven stuart susan suzanne svetlana sven sylvia tamara
    tanya tara ted
    teresa terry theresa thomas tiffany tim timothy tina todd tom tommy tony tracy travis
    ursula valentina
    valerie vanessa vera veronica victor victoria vijay vincent virginia vladimir walter wang
    wei wendy wesley
    wilhelm william wong xavier xiao yan yang yasmin yolanda yuki yusuf yvonne zachary zhang
    zhao zoe
""")
"""Lower case; none that is a common word (will, grace, joy, hope, mark, rose, frank, max, may, rob, bill)."""
