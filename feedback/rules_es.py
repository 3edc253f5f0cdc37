"""What Spanish words tell of problems, danger and wishes: data, no logic. See ``feedback.tongue``."""

from feedback.reading.severity_signals import Severity
from feedback.tongue import tongue

SPANISH = tongue(
    problems="""
    -0.6 averiado|averiada|estropeado|estropeada|danado
    -0.6 danada|danados|defectuoso|defectuosa|rompio|descompuesto
    -0.6 llego|llegaron|vino|esta|estaba|estan|venia|recibi ~2 roto|rota|rotos
    -0.6 llego|llegaron|vino|esta|estaba|estan|venia|recibi ~2 rotas|abierto|vacio|incompleto
    -0.6 llego|llegaron|vino|estaba|servida ~2 fria|frio|cruda|crudo|quemada|mal|tarde
    -0.6 no ~1 funciona|funcionan|funciono|sirve|enciende|arranca|carga|abre|conecta|responde|contesta|deja
    -0.6 dejo de funcionar
    -0.6 nunca|jamas|no llega|llegan
    -0.6 nunca|jamas|no ~3 llego|llegaron|recibi
    -0.6 nunca|jamas|no ~3 recibido|recibimos|entregaron|entregado|enviaron
    -0.6 nunca|jamas|no ~3 llegado|devolvieron|devuelven|resolvieron|solucionaron|solucionan|contestan
    -0.6 nunca|jamas|no ~3 responden|respondieron|respondido|reembolsaron|reembolsado|contestaron|atienden
    -0.6 nadie ~2 responde|contesta|ayuda|llama|atiende|sabe|resuelve|soluciona|respondio|contesto|aparecio
    -0.6 llevo|llevamos|sigo|seguimos ~5 esperando|espera
    -0.6 esperando|espere|esperamos ~3 horas|hora|dias|semanas|meses
    -0.6 devolucion|reembolso|devuelvan|devolver|devuelvanme|reembolsen|devuelva ~3 dinero|importe
    -0.6 devolucion|reembolso|devuelvan|devolver|devuelvanme|reembolsen|devuelva ~3 ya|urgente
    -0.6 quiero|exijo|necesito|solicito ~3 reembolso|devolucion|devuelvan
    -0.6 cobraron|cobrado|cargado|cobro ~3 dos|doble|veces|demas|mas|indebido|duplicado
    -0.6 cobro|cargo|cargos indebido|duplicado|doble|desconocido|desconocidos
    -0.6 pedido|producto|articulo|talla|color|direccion|factura|precio ~2 equivocado|equivocada|incorrecto
    -0.6 pedido|producto|articulo|talla|color|direccion|factura|precio ~2 incorrecta|erroneo|erronea
    -0.6 falta|faltan|faltaba|faltaban ~3 pedido|articulo|articulos|producto|productos|pieza|piezas
    -0.6 caducado|caducada|vencido|vencida|podrido|podrida|ignoro|ignoraron|ignoran|ignorado|ignorada
    -0.6 exijo|exigimos ~3 explicacion|solucion|respuesta|dinero
    -0.6 pelo|bicho|insecto ~1 en
    -0.6 retraso|retrasado|retrasada|demora
    -0.6 queja|quejarme|reclamacion|reclamar|reclamo
    -0.7 estafa|estafado|estafaron|estafadores|robo|robaron|robado|ladrones|enganado|enganaron|timo
    """,
    blame="""
    -0.8 verguenza|vergonzoso|vergonzosa|indignante|inaceptable|inadmisible|lamentable|nefasto
    -0.8 pesimo|pesima|pesimos|asco|asqueroso|asquerosa|desastre|desastroso|nefasta
    -0.8 decepcionado|decepcionada|decepcionante|decepcion|indignado
    -0.8 indignada|furioso|furiosa|enojado|enfadado
    -0.8 mierda|porqueria|sinverguenzas|sinverguenza|estafadores|caraduras
    -0.8 grosero|grosera|groseros|maleducado|maleducada|maleducados|irrespetuoso|incompetentes|ineptos|harto
    -0.8 falta de respeto|profesionalidad|educacion|seriedad
    -0.8 nunca|jamas mas
    -0.8 no vuelvo|volvere|volveremos|recomiendo|volvere
    -0.8 muy|tan mal|mala|malo|malos|malas
    -0.8 peor|mala|malisimo|malisima|mal servicio|atencion|experiencia|trato|compania|empresa|servicio
    -0.8 una|que burla|mierda|basura|porqueria
    """,
    severity={
        Severity.SAFETY: """
            incendio|incendiado|incendiada|fuego|humo|explotado|exploto|quemadura|quemaduras|electrocutado
            descarga electrica
            al|el hospital
            hospitalizado|hospitalizada
            intoxicacion|intoxicado|intoxicada|envenenado|vomitos
            vomitando|vomito|herido|herida|urgencias
            alergico|alergica|alergia|alergicos|peligroso|peligrosa|peligro|toxico|toxica|asfixia|ambulancia
            vidrio|vidrios|cucaracha|cucarachas|moho|cristales|gusano|gusanos
            """,
        Severity.LEGAL: """
            abogado|abogada|abogados|demandar|demanda|demandare|denuncia|denunciar|denunciare|denunciarlos
            tribunal|tribunales|juzgado|juicio|policia|profeco|indecopi|sernac|facua
            acciones legales
            defensa ~2 consumidor
            oficina ~2 consumidor
            hoja|hojas ~1 reclamaciones
            """,
        Severity.MONEY_LOST: """
            devuelvan|devolucion|reembolso|reembolsen|devuelvanme
            cobraron|cobrado|cargado ~3 dos|doble|veces|demas
            mi dinero
            estafa|estafado|estafaron|robo|robaron|robado|fraude
            """,
        Severity.LEAVING: """
            nunca|jamas mas
            no vuelvo|volvere|volveremos
            cancelar|cancelo|cierro|cerrar|borrar ~2 cuenta|contrato|membresia
            ultima vez
            cambiarme|cambio ~3 compania|banco|competencia
            """,
        Severity.ASKED_BEFORE: """
            segunda|tercera|cuarta|quinta|enesima vez
            ya ~2 escribi|llame|reclame|pregunte|reporte|dije|avise
            varias|muchas|tres|cuatro|mil veces
            sigo sin
            todavia|aun no
            """,
        Severity.DISCRIMINATION: """
            racista|racistas|racismo|discriminado|discriminada
            discriminacion|discriminaron|sexista|acoso|acosado
            acosada|insultado|insultada|insultaron|homofobo|xenofobo|machista
            """,
        Severity.DISTRESS: """
            desesperado|desesperada|suicidarme|suicidio|matarme|panico
            no quiero vivir
            no puedo mas
            sin luz|calefaccion|insulina|medicamentos|medicinas
            """,
    },
    opt_out="""
    no quiero|queremos|deseo ~2 recibir ~2 mensajes|publicidad|correos|mails|ofertas|notificaciones|nada
    no quiero|queremos|deseo mas mensajes|publicidad|correos|ofertas
    no quiero|queremos|deseo ~2 recibir ~2 invitaciones|encuestas|promociones|felicitaciones|saludos
    no quiero|queremos|deseo mas invitaciones|encuestas|promociones|felicitaciones|saludos
    no mas ofertas|invitaciones|encuestas|promociones|felicitaciones|mensajes|publicidad
    no me|nos ~1 escriban|escribas|envien|envies|manden|mandes|contacten|molesten ~1 mas
    dejen|deja|deje|dejar de escribirme|enviarme|mandarme|molestarme|escribir|mandar|enviar
    dejen|deja|deje|dejar de molestar|contactarme|spamear
    darme|dar|denme|dame ~1 de baja
    cancelar|cancela|cancelen|anular ~2 suscripcion
    ya no me|nos ~1 escriban|escribas|envien|envies|manden|mandes|contacten|molesten
    no me|nos ~1 envien|envies|manden|mandes|mande ~1 mensajes|publicidad|correos|promociones|sms
    no escriban|envien|manden|contacten|molesten mas
    quitenme|quiteme|quitame|saquenme|saqueme|borrenme|borreme|eliminenme|elimineme ~1 de ~2 lista|listas
    quiten|saquen|borren|eliminen ~1 mi ~1 numero|telefono|correo|nombre ~1 de
    basta ~1 de ~1 mensajes|publicidad|correos|promociones|ofertas|invitaciones|encuestas|sms|spam
    """,
    opt_out_alone="""
    baja|darme de baja|dar de baja|dame de baja|quiero darme de baja|cancelar suscripcion|desuscribir
    parar mensajes
    desuscribirme|cancelar|parar|pare|no mas mensajes|no mas
    alto|no me contacten|no me contacte|no me contactes|no me escriban|no me escriba|no me molesten
    no me moleste|dejenme en paz|dejeme en paz|dejame en paz|dejennos en paz
    """,
    asks="""
    quiero|quisiera|quisieramos|necesito|necesitamos|deseo|queria|busco|gustaria
    pueden|puede|puedes|podria|podrian|podeis|puedo|tienen|teneis
    cuando|donde|cuanto|cuanta|cuantos|cual|cuales ~2 llega|esta|estan|cuesta|es
    cuando|donde|cuanto|cuanta|cuantos|cual|cuales ~2 son|abren|encuentro|tarda
    a que hora
    como puedo|hago|se|podria|funciona
    """,
    person="""
    hablar|comunicarme ~2 con ~3 persona|humano|agente|alguien|encargado|gerente|asesor|operador|responsable
    llamenme|llameme
    """,
)
