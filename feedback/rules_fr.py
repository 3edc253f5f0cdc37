"""What French words tell of problems, danger and wishes: data, no logic. See ``feedback.tongue``."""

from feedback.reading.severity_signals import Severity
from feedback.tongue import tongue

FRENCH = tongue(
    problems="""
    -0.6 casse|cassee|casses|cassees|abime|abimee|endommage|endommagee|defectueux|defectueuse|dechire
    -0.6 perime|perimee|moisi|moisie|immangeable
    -0.6 en panne
    -0.6 ne ~2 fonctionne|marche|fonctionnent|marchent|demarre|charge|ouvre|repond|repondez ~1 pas
    -0.6 ne ~2 fonctionne|marche|fonctionnent|marchent|demarre|charge|ouvre|repond|repondez ~1 plus|jamais
    -0.6 fonctionne|marche|demarre pas|plus
    -0.6 jamais|pas|toujours ~2 recu|recue|arrive|arrivee|livre|livree|rembourse|remboursee|repondu|resolu
    -0.6 personne ~3 repond|repondu|aide|rappelle|sait|vient|venu|repondre
    -0.6 aucune|sans ~1 reponse|nouvelle|nouvelles|solution|explication|remboursement
    -0.6 attends|attendons|attendu|attente ~4 depuis|heures|heure|jours|semaines|mois|toujours
    -0.6 depuis ~3 jours|semaines|mois|heures ~3 attends|attendons
    -0.6 veux|exige|demande|voudrais|souhaite|voulons ~3 rembourse|remboursee|remboursement|rembourses
    -0.6 rendez|remboursez moi|nous|mon|notre
    -0.6 mon argent
    -0.6 debite|debitee|facture|preleve|prelevee|prelevement|paye ~3 deux|double|trop|fois|tort
    -0.6 mauvais|mauvaise ~2 article|produit|taille|couleur|adresse|commande|plat|montant
    -0.6 erreur ~2 commande|facture|livraison|produit|article|montant
    -0.6 manque|manquait|manquent ~4 commande|article|articles|produit|produits|piece|pieces|colis
    -0.6 retard
    -0.6 injoignable|injoignables
    -0.6 nous|ont|ete|avez ~2 ignore|ignoree|ignores|ignorees
    -0.6 cheveu|insecte ~1 dans
    -0.6 du vol
    -0.6 une|ma|faire plainte|reclamation
    -0.6 reclamer
    -0.7 arnaque|arnaques|arnaqueurs|escroquerie|escrocs|voleurs|fraude
    """,
    blame="""
    -0.8 inadmissible|inacceptable|scandaleux|scandaleuse
    -0.8 honte|honteux|honteuse|lamentable
    -0.8 affreux|affreuse|catastrophique
    -0.8 desastreux|degoutant|degueulasse|infect|pitoyable
    -0.8 decu|decue|decus|decevant|decevante
    -0.8 furieux|furieuse|indigne|mecontent|mecontente|insatisfait
    -0.8 merde|merdique|escroquerie
    -0.8 en colere
    -0.8 impoli|impolie|malpoli|malpolie|grossier|grossiere|irrespectueux|incompetents|foutage
    -0.8 manque de respect|professionnalisme|serieux|politesse
    -0.8 un|quel|vrai|le scandale
    -0.8 plus jamais
    -0.8 jamais plus
    -0.8 tres|vraiment|trop mauvais|mauvaise|mal|nul|nulle
    -0.8 c est nul
    -0.8 pire|mauvais|mauvaise service|experience|accueil|qualite|repas
    -0.8 ne|pas ~3 recommande pas
    """,
    severity={
        Severity.SAFETY: """
            incendie|fumee|explose|explosee|brulure|brulures|electrocute|electrocutee
            pris|prend|prendre feu
            choc electrique
            intoxication alimentaire
            suis|est|ete|fils|fille blesse
            intoxique|intoxiquee|empoisonne|vomi
            vomissements|blessee|blessure|hopital|urgences
            allergique|allergie|dangereux|dangereuse|toxique|etouffe|ambulance
            verre ~1 dans
            cafard|cafards|moisissure|moisissures|asticot|asticots
            """,
        Severity.LEGAL: """
            avocat|avocate|avocats|tribunal|proces|plainte|poursuivre|poursuites|juridique|dgccrf|huissier
            porter|porterai|porte plainte
            mise en demeure
            ufc|60 millions|choisir
            """,
        Severity.MONEY_LOST: """
            mon argent
            rembourse|remboursee|rembourser|remboursement|remboursez
            debite|debitee|facture|preleve|prelevee|prelevement ~3 deux|double|fois|tort
            arnaque|escroquerie|voleurs|fraude|vole
            """,
        Severity.LEAVING: """
            plus jamais
            jamais plus
            resilier|resilie|resiliation|fermer|cloturer ~2 compte|contrat|abonnement
            derniere fois
            aller|vais|passer|passe ~3 concurrence|concurrent
            """,
        Severity.ASKED_BEFORE: """
            deuxieme|troisieme|quatrieme|cinquieme|enieme fois
            deja ~2 ecrit|appele|demande|signale|contacte|dit
            plusieurs|trois|quatre|maintes fois
            toujours pas|rien|aucune
            """,
        Severity.DISCRIMINATION: """
            raciste|racistes|racisme|discrimine|discriminee
            sexiste|harcelement|harcelee|harcele
            insulte|insultee|xenophobe
            """,
        Severity.DISTRESS: """
            desespere|desesperee|suicider|detresse|panique
            me ~1 suicider
            plus envie de vivre
            n en peux plus
            sans chauffage|electricite|insuline|medicaments
            """,
    },
    opt_out="""
    ne ~1 veux|veut|voulons|souhaite|desire plus|pas ~1 recevoir ~3 messages|message|mails|publicite|offres
    ne ~1 veux|veut|voulons|souhaite|desire plus|pas ~1 recevoir ~3 sms|notifications|rien
    ne m|nous|me ecrivez|envoyez|contactez|ecris|envoie plus
    arretez|arrete|cessez de ~1 m|me|nous ~1 ecrire|envoyer|contacter|harceler|spammer
    arretez|arrete|cessez|stop les|vos|ces|aux ~1 offres|promotions|promos|messages|sms|mails|emails|pubs
    arretez|arrete|cessez|stop les|vos|ces|la|aux ~1 pub|publicites|publicite|notifications|newsletters|spams
    arretez|arrete|cessez|stop les|vos|ces|aux ~1 invitations|sondages|enquetes|voeux
    stop pub|publicite|publicites|sms|spam|newsletter
    pas|plus de pub|pubs|publicites|publicite|spam|newsletter
    retirez|enlevez|supprimez|effacez|rayez moi|nous ~1 de ~2 liste|listes|fichier
    retirez|enlevez|supprimez|effacez ~1 mon ~1 numero|adresse|email|nom ~1 de
    me desabonner|desinscrire
    desabonnez|desinscrivez
    plus de|aucun messages|message|publicite|mails
    plus de|d|aucune offres|promotions|invitations|invitation|sondages|sondage|enquetes|voeux
    ne ~1 veux|veut|voulons|souhaite|desire plus|pas ~1 recevoir ~3 invitations|sondages|promotions|voeux
    ne ~1 veux|veut|voulons|souhaite|desire plus|pas de|d ~1 invitations|sondages|promotions|offres|voeux
    """,
    opt_out_alone="""
    arret|arreter|arretez|desabonner|se desabonner|me desabonner|desabonnement|desinscription|desinscrire
    me desinscrire|plus de messages|fin des messages
    arretez ca|fichez moi la paix|foutez moi la paix|supprimez mon numero|effacez mon numero
    laissez moi tranquille|laisse moi tranquille|laissez nous tranquilles|laissez moi en paix
    ne me contactez pas|ne m ecrivez pas|ne me derangez pas|ne me derangez plus|ne pas deranger
    """,
    asks="""
    je|nous ~1 voudrais|voudrions|souhaite|souhaiterais|aimerais|cherche|veux|desire|cherchons
    j aimerais
    j|nous ~1 ai|avons besoin
    pouvez|pourriez|avez|puis|peut vous|je|on
    est ce que|qu
    quand|ou|combien|quel|quelle|quels|quelles|pourquoi ~3 arrive|est|sont|coute|ouvrez|trouver|sera|heure
    comment puis|faire|je|fonctionne
    """,
    person="""
    parler|discuter ~2 a|avec|un|une ~2 quelqu|personne|humain|conseiller|agent|responsable|directeur
    rappelez|appelez moi
    """,
)
