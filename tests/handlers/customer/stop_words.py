"""How people say stop, and what only sounds like it, written by hand: not taken from the product's tables."""

from collections.abc import Mapping

STOPS: Mapping[str, str] = {
    "en": """
        STOP
        Unsubscribe
        please stop texting
        stop sms
        Please stop sending me messages.
        1 star. unsubscribe
        stop 1/5
        STOP. I have moved to Peru
        Take me off your mailing list
        I don't want any more of your texts
        opt me out please
        OK, please stop messaging
        Leave me alone!!!
        don't ever write to me again
        I am tired of this. Stop
        I have already unsubscribed!
    """,
    "zh-Hans": """
        退订
        TD
        t
        回复TD
        请停止
        别再发了
        不要再给我发消息
        拒绝接收
        我不想再收到你们的短信
        以后别给我发广告了，谢谢
        请不要再打扰我
        把我从群发名单里删掉
        垃圾短信，TD
        烦死了，别再给我发任何东西
        我已经退订了
        可以不要再发信息给我吗
    """,
    "zh-Hant": """
        退訂
        取消訂閱
        別再發了
        不要再給我發訊息
        請停止
        拒絕接收
        請勿打擾
        別再騷擾我
        我不想再收到你們的簡訊
        停止發送
        不要再傳訊息給我
        回覆TD
        不要再寄廣告給我了
        以後別聯絡我
    """,
    "es": """
        BAJA
        Darme de baja
        No quiero más mensajes
        Dejen de escribirme
        Cancelar suscripción
        ya no quiero recibir publicidad
        Quítenme de la lista
        por favor no me escriban más
        Dejen de mandarme mensajes
        no más publicidad
        Una estrella. Baja
        ¡Basta ya de mensajes!
        Eliminen mi número de su lista
    """,
    "pt": """
        SAIR
        Parem de me mandar mensagens
        Não quero mais receber mensagens
        Descadastrar
        Me tirem da lista
        cancelar inscrição
        Chega de mensagens
        não me mandem mais nada
        Parem de enviar SMS
        1 estrela. Parem
        Por favor, parem
        Não me escrevam mais, obrigada
    """,
    "fr": """
        Stop svp
        ARRÊT
        Désabonnement
        Je veux me désabonner
        Désinscrivez-moi
        Ne m'écrivez plus
        Arrêtez de m'envoyer des SMS
        Retirez-moi de votre liste
        STOP SMS
        pas de pub
        Arrêtez les messages s'il vous plaît
        Je ne veux plus recevoir vos messages
        Une étoile. Stop
    """,
    "de": """
        Stopp
        Abmelden
        Abmeldung
        Bitte abmelden
        SMS bitte abbestellen
        Keine Werbung mehr
        Bitte keine Nachrichten mehr
        Bewertung: 1. Stopp
        Schreiben Sie mir nicht mehr
        Bitte löschen Sie mich aus dem Verteiler
        Hören Sie auf, mir zu schreiben
        Ich will keine SMS mehr
        Stoppt die Werbung
    """,
    "it": """
        Basta
        Disiscrivimi
        niente più messaggi
        Non scrivetemi più
        Cancellatemi dalla lista
        Non voglio più ricevere messaggi
        Smettetela di scrivermi
        basta pubblicità
        Annulla iscrizione
        Toglietemi dalla lista
        basta con i messaggi
        Una stella. Basta
    """,
    "hi": """
        बंद करो
        बंद कीजिए
        स्टॉप
        मैसेज मत भेजो
        मैसेज भेजना बंद करें
        मुझे और मैसेज नहीं चाहिए
        अनसब्सक्राइब
        सदस्यता रद्द करें
        मुझे परेशान मत करो
        कृपया बंद कर दीजिए
        मुझे लिस्ट से हटा दो
        यह रोक दीजिए
    """,
    "ar": """
        إلغاء الاشتراك
        إلغاء
        أوقف
        توقفوا
        لا ترسلوا لي رسائل
        أوقفوا الرسائل
        لا أريد رسائل
        لا تتصلوا بي
        اتركوني وشأني
        ألغوا اشتراكي
        احذفوني من القائمة
        كفى رسائل
        نجمة واحدة. توقف
    """,
}
"""Nothing more at all."""

SOME: Mapping[str, str] = {
    "en": "no more offers, thanks",
    "zh-Hans": "不要优惠券了",
    "zh-Hant": "別再發優惠了",
    "es": "no más ofertas por favor",
    "pt": "parem de mandar promoções",
    "fr": "arrêtez les offres",
    "de": "Bitte keine Angebote mehr",
    "it": "basta offerte",
    "hi": "ऑफर बंद कीजिए",
    "ar": "أوقفوا العروض",
}
"""No more offers; all else may come."""

BOTH: Mapping[str, str] = {
    "en": """
        Stop! Terrible service, 1 star
        STOP. My order never came
        unsubscribe. My order never came
        My parcel arrived broken, unsubscribe
        stop, the soup was cold and your staff rude
        I unsubscribed last week and you still text me!
    """,
    "zh-Hans": """
        快递一直没到。退订
        我早就退订了，怎么还在给我发短信
    """,
    "zh-Hant": "別再發了！東西壞了也沒人管",
    "es": "Baja. El pedido nunca llegó",
    "pt": "O pedido nunca chegou. Parem",
    "fr": "Stop ! Ma commande n'est jamais arrivée",
    "de": "Das Gerät ist kaputt. Abmelden",
    "it": "Basta! L'ordine non è mai arrivato",
    "hi": "सामान टूटा हुआ आया। बंद कीजिए",
    "ar": "وصل الجهاز مكسورا. توقفوا",
}
"""A stop, and a complaint."""

NO_STOPS: Mapping[str, str] = {
    "en": """
        please stop shouting at your staff
        the bus stop is closed
        stop! the parcel is here
        I had to cancel my order
        Can I cancel?
        stop charging me twice
        Cancel. My order never came
        We could not stop laughing, what an evening
        He shouted stop, stop, stop at the whole room
    """,
    "zh-Hans": """
        我要取消订单
        停车场在哪里
        可以取消吗？
        别停，继续讲
        我想退订明天的酒店房间
        客户拒绝接收包裹
        先别发，地址写错了
    """,
    "zh-Hant": """
        我要取消訂單
        停車場在哪裡？
        可以取消嗎？
        公車站牌不見了
        訂單還沒到
        別停，很好聽
    """,
    "es": """
        la parada del autobús está cerrada
        Quiero cancelar mi pedido
        ¿Puedo cancelar?
        Dejen de gritar a los camareros
        La calidad va a la baja
        no paro de reír
    """,
    "pt": """
        Quero cancelar meu pedido
        Posso cancelar?
        a parada de ônibus está fechada
        Parem de gritar com os garçons
        Não consigo parar de rir
        Vou sair às cinco
    """,
    "fr": """
        l'arrêt de bus est fermé
        Je veux annuler ma commande
        Puis-je annuler ?
        Arrêtez de crier sur vos serveurs
        stop ! le colis est là
        Je n'ai pas de message de confirmation
    """,
    "de": """
        Ich möchte meinen Vertrag kündigen
        kündigen
        Die Haltestelle ist gesperrt
        Kann ich stornieren?
        Hören Sie auf, Ihre Kellner anzuschreien
        Stopp! Das Paket ist da
        Die Anmeldung zum Fest klappt nicht
    """,
    "it": """
        la fermata dell'autobus è chiusa
        Vorrei annullare l'ordine
        Posso annullare?
        Smettetela di urlare ai camerieri
        Basta un minuto per arrivare
        Non è arrivato niente
    """,
    "hi": """
        दुकान बंद है क्या?
        बस स्टॉप कहाँ है?
        मुझे ऑर्डर रद्द करना है
        क्या मैं रद्द कर सकता हूँ?
        अपने कर्मचारियों पर चिल्लाना बंद करो
    """,
    "ar": """
        محطة الحافلات مغلقة
        أريد إلغاء الطلب
        هل يمكنني الإلغاء؟
        توقفوا عن الصراخ على الموظفين
        توقف المطر
        وصل الطرد
    """,
}
"""Of a bus, an order, a contract, somebody's manners: all may come as before."""


def lines(table: str) -> list[str]:
    """Give what people say, line by line."""
    return [line.strip() for line in table.strip().splitlines()]
