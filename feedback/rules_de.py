"""What German words tell of problems, danger and wishes: data, no logic. See ``feedback.tongue``."""

from feedback.reading.severity_signals import Severity
from feedback.tongue import tongue

GERMAN = tongue(
    problems="""
    -0.6 kaputt|kaputte|kaputtes|kaputter|defekt|defekte|defektes|beschadigt|beschadigte|zerbrochen|zerstort
    -0.6 zerrissen|verschimmelt|verdorben|zerkratzt|undicht|ungenießbar|ungeniessbar|abgelaufen
    -0.6 funktioniert|funktionieren|klappt|ladt|startet|reagiert|offnet ~3 nicht|nie
    -0.6 geht|lasst ~2 nicht ~1 mehr|auf|an|los|weiter|offnen|starten
    -0.6 sturzt ~3 ab
    -0.6 abgesturzt
    -0.6 nie|niemals|nicht|nichts ~2 angekommen|erhalten|bekommen|geliefert|eingetroffen|gekommen|erschienen
    -0.6 nicht|nichts ~3 funktioniert|geklappt|gelost|behoben|erreichbar|bestellt|beschrieben|repariert
    -0.6 keine|keinerlei|nie ~2 antwort|reaktion|ruckmeldung|lieferung|erstattung|ruckerstattung|ruckruf
    -0.6 niemand|keiner ~4 meldet|antwortet|hilft|reagiert|erreichbar|zustandig|kummert|telefon|geantwortet
    -0.6 warte|warten|gewartet ~3 seit|tage|tagen|wochen|monate|monaten|stunden|ewig|lange|vergeblich
    -0.6 seit ~3 tagen|wochen|monaten|stunden ~3 warte|warten|gewartet|nichts|keine
    -0.6 mein|unser|das|meine ~1 geld|kaution|anzahlung ~3 zuruck|weg|verschwunden
    -0.6 zweimal|doppelt|dreimal|mehrfach|falschlich ~3 abgebucht|belastet|berechnet
    -0.6 zweimal|doppelt|dreimal|mehrfach|falschlich ~3 abgezogen|bezahlt|bezahlen
    -0.6 falsch|falsche|falscher|falsches|falschen ~2 artikel|produkt|ware|große|grosse|farbe|bestellung
    -0.6 falsch|falsche|falscher|falsches|falschen ~2 rechnung|betrag|adresse|geliefert|berechnet|essen
    -0.6 zu spat|kalt|teuer|langsam|klein|laut ~1 gekommen|geliefert|angekommen|serviert
    -0.6 viel zu spat|kalt|teuer|langsam|klein|laut|lange|salzig
    -0.5 verspatet|verspatung|verspatete
    -0.5 fehlt|fehlen|fehlte|fehlten
    -0.6 will|mochte|fordere|verlange|wunsche ~3 erstattung|ruckerstattung|geld
    -0.6 ignoriert|ignorieren|versalzen|verbrannt|angebrannt|unerreichbar|fehlerhaft|mangelhaft
    -0.6 reklamation|reklamieren|reklamiere|beschwerde|beschweren|beschwere
    -0.7 betrug|betrogen|betruger|abzocke|abgezockt|gestohlen|geklaut
    -0.6 behandelt ~1 wie ~1 dreck|luft|idiot
    """,
    blame="""
    -0.8 frechheit|unverschamtheit|unverschamt|zumutung|skandal|schweinerei|sauerei|katastrophe|katastrophal
    -0.8 schlechter|schlechte|schlechtes|schlechten
    -0.8 schlechtester|furchtbar|furchtbare|entsetzlich|grauenhaft
    -0.8 schlecht|miserabel|miserabler|unfreundlich|unhoflich|respektlos|inakzeptabel|unzumutbar
    -0.8 enttauscht|enttauschend|enttauschende|enttauschung|lacherlich|argerlich|verargert|wutend|stinksauer
    -0.8 scheiße|scheisse|saftladen|abzockerei|dreist|dreiste|verarscht|witzlos
    -0.8 beschissen|beschissene|beschissener|ekelhaft|widerlich|peinlich|unmoglich|unprofessionell|abartig
    -0.8 unter aller sau
    -0.8 nie|niemals wieder|mehr
    -0.8 das letzte
    -0.8 nicht|keineswegs ~2 akzeptabel|zufrieden|hinnehmbar|empfehlen|empfehlenswert|gut
    -0.8 so ~2 noch nie ~1 erlebt|gesehen
    """,
    severity={
        Severity.SAFETY: """
            feuer|flammen|rauch|qualmt|explodiert|stromschlag|verbrennung|verbrennungen|brandgeruch
            in brand geraten|gesetzt|gegangen
            angebrannt|brennt ~2 kabel|gerat|stecker|akku|batterie
            vergiftung|lebensmittelvergiftung|vergiftet|verletzt|verletzung|krankenhaus|notaufnahme|notarzt
            allergisch|allergische|allergischer|allergie
            gefahrlich|lebensgefahrlich|giftig|erstickt|ungeziefer
            glasscherbe|glasscherben|scherben|schimmel|kakerlake|kakerlaken|erbrochen|gasgeruch
            """,
        Severity.LEGAL: """
            anwalt|anwaltin|rechtsanwalt|rechtsanwaltin|anwalte
            verklagen|verklage|klagen|strafanzeige|polizei
            vor|zum gericht
            anzeige ~1 erstatten
            verbraucherzentrale|verbraucherschutz|rechtliche|mahnbescheid|schlichtungsstelle
            """,
        Severity.MONEY_LOST: """
            mein|unser|das|meine ~1 geld|kaution|anzahlung ~3 zuruck|weg|verschwunden
            zweimal|doppelt|dreimal|mehrfach|falschlich ~3 abgebucht|belastet|berechnet|abgezogen
            abgebucht|erstattung|ruckerstattung|erstatten|erstattet
            betrug|betrogen|betruger|abzocke|abgezockt|gestohlen|geklaut
            """,
        Severity.LEAVING: """
            nie|niemals wieder|mehr
            kundige|kundigen|kundigung|gekundigt
            wechsle|wechsele|wechseln ~4 anbieter|konkurrenz|bank
            letztes|letzte mal|bestellung
            """,
        Severity.ASKED_BEFORE: """
            zum zweiten|dritten|vierten|funften|wiederholten mal
            schon|bereits ~1 mehrmals|mehrfach|zweimal|dreimal|oft|gemeldet|geschrieben|angerufen|reklamiert
            mehrmals|mehrfach|wiederholt ~2 angerufen|geschrieben|gemeldet|gefragt|kontaktiert
            immer noch nicht|keine|nichts|kein
            """,
        Severity.DISCRIMINATION: """
            rassistisch|rassistische|rassismus|rassist
            diskriminiert|diskriminierung|diskriminierend|sexistisch
            sexistische|beleidigt|belastigt|belastigung|auslanderfeindlich|hautfarbe|homophob
            """,
        Severity.DISTRESS: """
            verzweifelt|verzweiflung|selbstmord|umbringen|suizid|panik
            nicht mehr leben|weiter
            keine ~1 heizung|medikamente|insulin
            """,
    },
    opt_out="""
    mochte|mochten|will|wollen|wunsche|bitte ~3 keine ~2 nachrichten|werbung|mails
    mochte|mochten|will|wollen|wunsche|bitte ~3 keine ~2 emails|newsletter|sms
    mochte|mochten|will|wollen|wunsche|bitte ~3 keine ~2 angebote|einladungen|umfragen|grusse|gruße
    keine ~1 angebote|einladungen|umfragen|grusse|gruße|newsletter mehr
    nicht mehr schreiben|anschreiben|kontaktieren|anschreibt
    nicht mehr kontaktiert|angeschrieben|belastigt werden
    schreiben|schreibt|schicken|schickt|senden|kontaktieren|kontaktiert ~2 mir|mich|uns ~1 nicht|keine ~2
    schreiben|schreibt|schicken|schickt|senden|kontaktieren|kontaktiert ~2 mir|mich|uns ~1 nicht|keine ~2 mehr
    newsletter|nachrichten|werbung|sms|mails ~2 abbestellen|abmelden|kundigen|stoppen|einstellen
    stoppt|stoppe|stoppen|beendet|beenden ~3 nachrichten|werbung|sms|mails|spam|newsletter
    loschen|entfernen|streichen|nehmen ~1 sie mich|uns ~3 verteiler|liste|mailingliste
    loscht|entfernt|streicht|nehmt mich|uns ~3 verteiler|liste|mailingliste
    keine werbung mehr
    mich ~2 abmelden|austragen
    hort|horen ~2 auf ~4 schreiben|schicken|senden
    hort|hor|horen ~2 auf , ~3 schreiben|schicken|senden|kontaktieren|spammen
    """,
    opt_out_alone="""
    abmelden|abmeldung|abbestellen|keine werbung|keine sms mehr|keine mails mehr|keine emails mehr
    stopp|stopp bitte|bitte abmelden|austragen|keine nachrichten mehr|schluss
    aufhoren|bitte aufhoren|hort auf|hort auf damit|horen sie auf|lasst mich in ruhe|laßt mich in ruhe
    lass mich in ruhe|lasst uns in ruhe|genug|lasst mich in frieden|lass mich in frieden
    lassen sie mich in ruhe|lassen sie uns in ruhe
    """,
    asks="""
    ich|wir ~1 mochte|mochten|brauche|brauchen|benotige|suche|wollte|hatte|hatten
    ich|wir wurde|wurden ~1 gern|gerne
    konnen|konnten|kann|konnte|durfte|haben|gibt sie|ich|wir|man|ihr|es
    wann|wo|warum|wieso|weshalb|welche|welcher|welches|wieviel ~1 ist|sind|kommt|kann
    wann|wo|warum|wieso|weshalb|welche|welcher|welches|wieviel ~1 finde|geht|hat|kostet|habt
    wie viel|viele|lange|kann|komme|bekomme|geht|teuer|spat
    frage ~1 zu|zur|zum|nach
    """,
    person="""
    mit ~3 menschen|mitarbeiter|mitarbeiterin|berater|person|jemandem|chef|vorgesetzten ~1 sprechen|reden
    mit ~3 menschen|mitarbeiter|mitarbeiterin|berater|person|jemandem|kundendienst ~1 verbinden|verbunden
    rufen|ruft ~2 mich ~2 an|zuruck
    """,
)
