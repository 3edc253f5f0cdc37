"""Words of praise and blame in seven more languages, written by us: data, no logic.

Without accents, as ``words.tidy`` leaves them; ``word*`` is any word that begins so. Hindi is
looked for as it
stands in the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from feedback.matching import listed
from feedback.reading.language import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language."""

    praise: frozenset[str]
    blame: frozenset[str]
    negations: frozenset[str]


LANGUAGES: Mapping[Language, Words] = {
    Language.SPANISH: Words(
        listed("""
            bueno buena buenos buenas bien excelente* genial* fantastic* maravillos* perfect*
            increible* rico rica
            delicios* amable* rapido rapida gracias encant* feliz felices content* satisfech*
            recomiend* recomendad*
            mejor mejores facil util atent* profesional* bonit* hermos* barato limpi* fresc*
            calidad comod* puntual
            amo gusta gusto guste encanta resolvieron solucionaron funciona bravo felicidades
            magnific* agradable*
        """),
        listed("""
            mal malo mala malos malas peor pesim* horrible* terrible* fatal roto rota rotos rotas averiad*
            estropead* danad* defectuos*
            tarde lento lenta lentos lentas demora* retras* sucio sucia frio fria frios frias caro cara
            caros caras estafa* robo robaron ladron*
            engan* mentir* falla* fallo
            error* problema* queja* reclam* nadie nunca decepcion* enfad* enojad* furios*
            molest* asco asqueros* basura
            vergüenza verguenza inutil* incompetent* grosero* devol* reembolso cancel* perdid*
            cobraron equivocad*
            desastre* pesadilla inaceptable* sigo esperando jamas
        """),
        listed("no nunca jamas sin ni tampoco nada"),
    ),
    Language.PORTUGUESE: Words(
        listed("""
            bom boa bons boas bem otim* excelente* maravilhos* perfeit* incrivel fantastic*
            gostos* delicios* rapid*
            obrigad* ador* amei feliz* satisfeit* recomend* melhor* facil util atencios*
            simpatic* profissiona* lind*
            bonit* barat* limp* fresc* qualidade confortav* pontual gostei gostamos gostou gosto resolveram
            funciona
            parabens legal educad*
            agradavel*
        """),
        listed("""
            mau ma maus ruim ruins mal pior* pessim* horrive* terrive* quebr* estragad*
            danificad* defeit* atras* lento lenta lentos lentas
            demor* sujo suja sujos sujas sujeira frio fria frios frias caro cara caros caras golpe* roub*
            ladr* engan* mentir* falh* erro* problema*
            reclam* ninguem nunca
            decepcion* chatead* furios* irritad* nojo nojent* lixo vergonha inutil incompetent*
            grosseir* devol*
            reembolso cancel* perdid* cobraram errad* desastre* pesadelo inaceitave* esperando
            pessimo
        """),
        listed("nao nunca jamais sem nem nada"),
    ),
    Language.FRENCH: Words(
        listed("""
            bon bonne bons bonnes bien excellent* super genial* fantastique* merveilleu*
            parfait* incroyable*
            delicieu* savoureu* gentil* rapide* merci ador* aime heureu* content* satisfait*
            recommand* meilleur*
            facile utile attenti* professionnel* beau belle beaux jolie* propre* frais fraiche
            qualite confortable*
            ponctuel* impeccable* ravi* resolu fonctionne bravo felicitations magnifique*
            agreable* sympa* top
        """),
        listed("""
            mal mauvais* pire* horrible* terrible* affreu* casse* abime* defectueu* endommage*
            retard* lent lente lents lentes sale sales
            froid froide   chers arnaque*   voleur* mensonge* menteur* panne* erreur*
            probleme* plainte*
            reclam* personne jamais decu* decevant* deception* enerv* furieu* fache* degout*
            degueulasse* poubelle
            honte* inutile* incompetent* grossier* impoli* rembours* annul* perdu* attends
            desastre* cauchemar
            inacceptable* inadmissible* nul nulle scandale* toujours_pas
        """),
        listed("ne pas jamais sans ni aucun aucune rien n"),
    ),
    Language.GERMAN: Words(
        listed("""
            gut gute guter gutes guten super toll* prima ausgezeichnet* hervorragend*
            wunderbar* perfekt* fantastisch*
            unglaublich lecker* kostlich* freundlich* schnell* danke dank liebe liebevoll liebevolle
            glucklich
            zufrieden* empfehl* beste bester bestes besten bestens
            besser nutzlich* hilfsbereit* professionell* wunderschon wunderschone schone schoner schones
            hubsch* gunstig*
            sauber* frisch* qualitat
            bequem* punktlich* begeister* freue gefallt geklappt funktioniert bravo klasse
            spitze nett nette netter nettes netten angenehm*
            gelost einwandfrei
        """),
        listed("""
            schlecht* schlimm* furchtbar* schrecklich* kaputt* defekt* beschadigt* mangel*
            verspat* spat langsam* schmutzig*
            dreckig* kalt* teuer* betrug* betrogen gestohlen dieb* luge* gelogen fehler*
            problem* beschwerde* beschwer*
            reklam* niemand nie enttausch* argerlich* argern wutend* sauer ekel* eklig* mull
            schrott schande nutzlos*
            inkompetent* unfreundlich* unhoflich* unverschamt* erstattung storn* verloren warte
            falsch* katastroph*
            alptraum albtraum inakzeptabel* miserabel* mies* abgezockt abzocke leider zuruck*
        """),
        listed("nicht kein keine keinen nie niemals ohne weder nichts"),
    ),
    Language.ITALIAN: Words(
        listed("""
            buono buona buoni buone bene ottim* eccellent* fantastic* meraviglios* perfett*
            incredibil* delizios*
            gustos* squisit* gentil* veloce veloci velocissimo rapid* grazie ador* amo felic* content*
            soddisfatt*
            consigli* miglior*
            facile utile attent* professional* bello bella belli belle pulit* fresc* qualita
            comod* puntual* piace
            piaciut* risolto funziona bravo bravi brava complimenti magnific* gradevol*
            simpatic* cortes* super
        """),
        listed("""
            male cattiv* peggior* pessim* orribil* terribil* rotto rotta rotti rotte guast* danneggiat*
            difettos*
            ritard* lento lenta lenti lente sporc* fredd*
            caro cara cari truff* rubat* ladro ladri bugi* error* problem* reclam* lament* nessuno
            mai delus* deludent*
            arrabbiat* furios* schif* spazzatura vergogna inutil* incompetent* maleducat*
            rimbors* annull* perso persa persi perse
            aspettando sbagliat* disastr* incubo inaccettabil* scadent* scandalos*
        """),
        listed("non mai senza ne niente nessun nessuna"),
    ),
    Language.ARABIC: Words(
        listed("""
            جيد جيدة ممتاز ممتازة رائع رائعة جميل جميلة شكرا شكراً احب أحب أحببت سعيد سعيدة
            مسرور راض راضي أنصح انصح افضل
            أفضل سريع سريعة لذيذ لذيذة نظيف نظيفة محترم محترمة لطيف لطيفة مفيد سهل مثالي مذهل
            مذهلة عظيم عظيمة حلو حلوة
            تمام مريح مريحة طازج احسنتم أحسنتم موفقين يعطيكم العافية متعاون متعاونة احترافي
            رخيص مشكورين روعة اعجبني أعجبني
        """),
        listed("""
            سيئ سيئة سيء سيئ أسوأ اسوأ رديء رديئة مكسور مكسورة معطل معطلة تالف تالفة متأخر
            متأخرة تأخير تأخر بطيء بطيئة
            وسخ وسخة قذر قذرة بارد باردة غالي غالية نصب احتيال نصابين سرقة سرقوا كذب كذابين خطأ
            مشكلة مشاكل شكوى اشتكي
            غاضب غاضبة زعلان محبط مخيب فاشل فاشلة مقرف مقرفة زبالة عيب وقح وقحة استرداد ارجاع
            إلغاء الغاء ضاع ضائع
            انتظر أنتظر كارثة كابوس فظيع فظيعة مزعج خايس خسارة ناقص عطلان خربان
        """),
        listed("لا لم لن ليس ليست غير بدون ما مو مش"),
    ),
    Language.HINDI: Words(
        listed("""
            अच्छा अच्छी अच्छे बढ़िया शानदार बेहतरीन उत्तम धन्यवाद शुक्रिया खुश पसंद प्यार मज़ा
            मजेदार स्वादिष्ट लाजवाब कमाल संतुष्ट
            तेज़ जल्दी सुंदर साफ ताज़ा सस्ता मददगार विनम्र आसान सही परफेक्ट सुपर मस्त जबरदस्त
            ज़बरदस्त वाह आभारी प्रसन्न सर्वश्रेष्ठ
            उपयोगी आरामदायक दोस्ताना बधाई अद्भुत सराहनीय भरोसेमंद किफायती ईमानदार
        """),
        listed("""
            खराब ख़राब बुरा बुरी बुरे बेकार घटिया टूटा टूटी टूटे फटा गंदा गंदी देर धीमा धीमी
            धीरे महंगा महँगा ठंडा धोखा ठग चोर चोरी
            झूठ झूठा गलत ग़लत समस्या शिकायत परेशान परेशानी गुस्सा नाराज़ नाराज निराश दुखी
            बदतमीज़ बदतमीज वापस रिफंड रद्द खो इंतज़ार
            इंतजार शर्म बकवास भयानक बदतर असंतुष्ट लापरवाह फेल नुकसान दिक्कत फालतू कचरा लूट पछतावा
        """),
        listed("नहीं न मत ना बिना कभी"),
    ),
}

FALSE_FRIENDS = listed("plus fin fine final grave mal die not sensible actual simple brutal mean mine dumm")
"""Words that weigh in English and mean something else in these languages."""
