"""What Italian words tell of problems, danger and wishes: data, no logic. See ``feedback.tongue``."""

from feedback.reading.severity_signals import Severity
from feedback.tongue import tongue

ITALIAN = tongue(
    problems="""
    -0.6 rotto|rotta|rotti|rotte|guasto|guasta
    -0.6 danneggiato|danneggiata|difettoso|difettosa|ammaccato|strappato
    -0.6 scaduto|scaduta|ammuffito|immangiabile|bruciato|bruciata
    -0.6 arrivato|arrivata|era|servito|servita ~2 freddo|fredda|aperto|vuoto
    -0.6 arrivato|arrivata|era|servito|servita ~2 crudo|cruda|tardi|incompleto|sbagliato
    -0.6 non ~1 funziona|funzionano|carica|parte|apre|risponde|rispondono|rispondete|collega|va
    -0.6 smesso di funzionare
    -0.6 mai|non ~3 arrivato|arrivata|arrivati|ricevuto|ricevuta
    -0.6 mai|non ~3 consegnato|consegnata|rimborsato|risolto|risposto
    -0.6 non ~2 arriva
    -0.6 nessuno ~2 risponde|risposto|aiuta|richiama|sa|risolve|aiutato|venuto
    -0.6 nessuna risposta|soluzione|notizia|spiegazione
    -0.6 aspetto|aspettiamo|aspettando|attendo|aspettato ~5 da|ore|ora|giorni|settimane|mesi
    -0.6 da ~3 giorni|settimane|mesi|ore ~3 aspetto|aspettiamo|aspettando|attendo
    -0.6 indietro|restituite|rivoglio ~2 miei|soldi|denaro
    -0.6 voglio|esigo|pretendo|chiedo|vorrei ~3 rimborso|rimborsato|rimborsata
    -0.6 addebitato|addebitati|addebito|pagato|fatturato ~3 due|doppio|volte|troppo|errato
    -0.6 ordine|prodotto|articolo|taglia|colore|indirizzo|conto|importo ~2 sbagliato|sbagliata|errato|errata
    -0.6 manca|mancano|mancava|mancavano ~4 ordine|articolo|articoli|prodotto|prodotti|pezzo|pezzi
    -0.6 ritardo
    -0.6 ignorato|ignorata|ignorati|ignorano|irraggiungibile|introvabile
    -0.6 esigo|pretendo ~3 spiegazione|soluzione|risposta
    -0.6 capello|insetto ~1 nel|nella
    -0.6 un furto
    -0.6 reclamo|lamentela|lamentarmi
    -0.7 truffa|truffato|truffata|truffatori|rubato|ladri|imbrogliato|frode
    """,
    blame="""
    -0.8 vergogna|vergognoso|vergognosa|inaccettabile
    -0.8 inammissibile|scandaloso|scandalosa|intollerabile|penoso
    -0.8 pessimo|pessima|pessimi|orribile|terribile|schifo|schifoso|schifosa|disastro|disastroso|disgustoso
    -0.8 uno scandalo
    -0.8 deluso|delusa|deludente|delusione|indignato
    -0.8 indignata|furioso|furiosa|arrabbiato|arrabbiata|scontento
    -0.8 merda|ladroni|indecente|indecenti
    -0.8 maleducato|maleducata|maleducati|scortese
    -0.8 scortesi|incompetenti|incompetente|irrispettoso|spazzatura
    -0.8 mancanza di rispetto|professionalita|educazione|serieta
    -0.8 mai piu
    -0.8 non tornero|tornerei|consiglio|torneremo
    -0.8 molto|davvero|cosi male|cattivo|scarso|scadente
    -0.8 peggior|peggiore|cattivo|cattiva servizio|esperienza|qualita
    """,
    severity={
        Severity.SAFETY: """
            incendio|fumo|esploso|esplosa|ustione|ustioni|folgorato
            preso|prende|prendere fuoco
            scossa elettrica
            intossicazione|intossicato|intossicata|avvelenato|vomitato|vomito|ferito|ferita|ospedale
            pronto soccorso
            allergico|allergica|allergia|pericoloso|pericolosa|pericolo|tossico|tossica|soffocato|ambulanza
            vetro|scarafaggio|scarafaggi|muffa|vermi
            """,
        Severity.LEGAL: """
            avvocato|avvocati|tribunale|denuncia|denunciare|denuncio|denunciamo|denunciero|querela|polizia|carabinieri|codacons
            vie|azioni legali
            associazione ~2 consumatori
            """,
        Severity.MONEY_LOST: """
            miei soldi
            rimborso|rimborsato|rimborsata|rimborsare
            addebitato|addebitati|addebito ~3 due|doppio|volte|errato
            truffa|truffato|truffata|rubato|frode
            """,
        Severity.LEAVING: """
            mai piu
            non tornero|torneremo
            disdire|disdico|disdetta|chiudere ~2 conto|contratto|abbonamento
            ultima volta
            passo|passare ~2 concorrenza
            """,
        Severity.ASKED_BEFORE: """
            seconda|terza|quarta|quinta|ennesima volta
            gia ~2 scritto|chiamato|chiesto|segnalato|detto
            piu|molte|tre|quattro|mille volte
            ancora nessuno|niente|nessuna|non
            """,
        Severity.DISCRIMINATION: """
            razzista|razzisti|razzismo|discriminato|discriminata|discriminazione|sessista|molestie|molestata
            insultato|insultata|omofobo|xenofobo
            """,
        Severity.DISTRESS: """
            disperato|disperata|disperazione|suicidio|uccidermi|panico
            non voglio ~1 vivere
            non ce la faccio
            senza luce|riscaldamento|insulina|medicine
            """,
    },
    opt_out="""
    non voglio|vogliamo|desidero ~2 ricevere ~2 messaggi|pubblicita|mail|email|offerte|notifiche|niente
    non scrivetemi|mandatemi|inviatemi|contattatemi|scrivermi|mandarmi ~1 piu
    non mi|ci scrivete|mandate|inviate|contattate ~1 piu
    smettete|smettetela|smetti|basta di ~1 scrivermi|mandarmi|inviarmi|scrivere|mandare
    cancellatemi|cancellami|disiscrivetemi|disiscrivimi|disiscrivermi
    non voglio|vogliamo|desidero ~2 ricevere ~2 inviti|sondaggi|promozioni|auguri
    non voglio|vogliamo|desidero piu messaggi|pubblicita|mail|email|sms|offerte|promozioni|inviti|sondaggi
    niente|nessun|nessuna piu messaggi|messaggio|pubblicita|mail|email|sms|offerte|promozioni|inviti|sondaggi
    toglietemi|toglimi|rimuovetemi|rimuovimi ~1 dalla|dalle|da|dai|dal ~2 lista|liste|contatti|elenco
    eliminatemi|levatemi ~1 dalla|dalle|da|dai|dal ~2 lista|liste|contatti|elenco
    basta con ~2 messaggi|pubblicita|mail|email|sms|offerte|promozioni|inviti|sondaggi|auguri|spam
    basta ~1 messaggi|pubblicita|mail|email|sms|spam
    basta ~1 offerte|promozioni|inviti|sondaggi|auguri
    """,
    opt_out_alone="""
    disiscrivimi|disiscrizione|disiscrivermi|cancellami|cancella iscrizione|annulla iscrizione|basta
    stop messaggi|stop pubblicita|stop sms|fine messaggi|non disturbate|basta messaggi|fermare|ferma
    smettetela|smettila|lasciatemi in pace|lasciami in pace|lasciateci in pace|non mi contattate
    non contattatemi|non mi scrivete|non scrivetemi|non disturbatemi|non mi disturbate
    """,
    asks="""
    vorrei|vorremmo|voglio|cerco|desidero
    ho|abbiamo bisogno
    potete|potreste|puo|posso|potrei|avete|possiamo
    quando|dove|quanto|quanti|quale|quali|perche ~2 arriva|trovo|costa|sono|apre|aprite|posso|si
    a che ora
    come posso|faccio|funziona|si
    """,
    person="""
    parlare ~2 con ~3 persona|umano|operatore|qualcuno|responsabile|direttore|consulente
    richiamatemi|chiamatemi
    """,
)
