"""What Portuguese words tell of problems, danger and wishes: data, no logic. See ``feedback.tongue``."""

from feedback.reading.severity_signals import Severity
from feedback.tongue import tongue

PORTUGUESE = tongue(
    problems="""
    -0.6 quebrado|quebrada|quebrados|quebrou|estragado|estragada|danificado|danificada|defeituoso|defeituosa
    -0.6 com|tem|deu defeito|problema|problemas
    -0.6 chegou|veio|chegaram|vieram|estava ~2 aberto|vazio|incompleto|rasgado|amassado
    -0.6 chegou|veio|chegaram|vieram|estava ~2 fria|frio|crua|cru|errado
    -0.6 chegou|veio|chegaram|vieram|estava ~2 errada|atrasado|atrasada|mofado|queimado|tarde
    -0.6 nao ~1 funciona|funcionam|funcionou|liga|carrega|abre|conecta|responde|serve|atende|deixa
    -0.6 parou de funcionar
    -0.6 nunca|jamais|nao ~3 chegou|chega|chegaram|recebi|recebido|recebemos|entregaram|entregue|enviaram
    -0.6 nunca|jamais|nao ~3 resolveram|resolvem|responderam|respondem
    -0.6 nunca|jamais|nao ~3 devolveram|reembolsaram|resolvido|atendem
    -0.6 ninguem ~2 responde|atende|ajuda|liga|sabe|resolve|respondeu|apareceu|ajudou
    -0.6 estou|estamos|fiquei|continuo ~2 esperando|espera|aguardando
    -0.6 esperando|esperei|aguardando ~3 horas|hora|dias|semanas|meses
    -0.6 meu|nosso ~1 dinheiro ~2 volta|sumiu|desapareceu
    -0.6 quero|exijo|preciso|solicito ~3 reembolso|devolucao|estorno
    -0.6 cobrado|cobrada|cobraram|debitado|cobranca ~3 duas|dobro|vezes
    -0.6 cobrado|cobrada|cobraram|debitado|cobranca ~3 mais|indevida|duplicada|indevidamente
    -0.6 pedido|produto|tamanho|cor|endereco|conta|valor ~2 errado|errada|trocado|trocada|incorreto
    -0.6 falta|faltou|faltando|faltaram ~3 pedido|item|itens|produto|produtos|peca
    -0.6 vencido|vencida|podre|estragou|ignorou|ignoraram|ignorado|ignorada|ignoram
    -0.6 exijo|exigimos ~3 explicacao|solucao|resposta
    -0.6 cabelo|inseto|bicho ~1 na|no
    -0.6 atraso|atrasado|atrasada|atrasou|demora
    -0.6 reclamacao|reclamar|queixa
    -0.7 golpe|roubo|roubaram|roubado|enganado|enganada|enganaram|fraude|caloteiros|ladroes
    """,
    blame="""
    -0.8 vergonha|vergonhoso|vergonhosa|absurdo|inaceitavel|inadmissivel|intoleravel|lamentavel|revoltante
    -0.8 pessimo|pessima|pessimos|horrivel|terrivel|nojo|nojento|nojenta|desastre|porcaria|lixo|palhacada
    -0.8 decepcionado|decepcionada|decepcionante|decepcao|indignado
    -0.8 indignada|furioso|furiosa|chateado|chateada
    -0.8 merda|porcaria|caloteiros|pilantras
    -0.8 grosseiro|grosseira|grosseiros
    -0.8 incompetentes|desrespeito|desrespeitoso|descaso|revoltado
    -0.8 mal educado|educada|educados
    -0.8 falta de respeito|profissionalismo|educacao|consideracao
    -0.8 nunca|jamais mais
    -0.8 nao volto|voltarei|recomendo|compro
    -0.8 muito|tao ruim|mal|ruins
    -0.8 pior|mau|ruim|mal servico|atendimento|experiencia|empresa
    """,
    severity={
        Severity.SAFETY: """
            incendio|fogo|fumaca|explodiu|queimadura|queimaduras|choque
            intoxicacao|intoxicado|intoxicada|envenenado|vomitando
            vomito|ferido|ferida|machucado|machucou
            alergico|alergica|alergia|perigoso|perigosa|perigo|toxico|toxica|sufoquei|ambulancia|emergencia
            ao|pro hospital
            vidro|barata|baratas|mofo|larva|larvas
            """,
        Severity.LEGAL: """
            advogado|advogada|advogados|processar|processo
            processarei|tribunal|justica|procon|policia|denuncia
            denunciar|juizado
            medidas|acoes legais
            """,
        Severity.MONEY_LOST: """
            meu dinheiro
            reembolso|estorno|devolucao
            cobrado|cobrada|cobraram|debitado|cobranca ~3 duas|dobro|vezes|indevida|indevidamente
            golpe|roubo|roubaram|roubado|fraude
            """,
        Severity.LEAVING: """
            nunca|jamais mais
            nao volto|voltarei|compro
            cancelar|encerrar|fechar ~2 conta|contrato|assinatura
            ultima vez
            vou ~2 concorrencia|concorrente
            """,
        Severity.ASKED_BEFORE: """
            segunda|terceira|quarta|quinta|enesima vez
            ja ~2 escrevi|liguei|reclamei|perguntei|avisei|falei
            varias|muitas|tres|quatro|mil vezes
            ainda nao
            continuo sem
            """,
        Severity.DISCRIMINATION: """
            racista|racistas|racismo|discriminado|discriminada
            discriminacao|sexista|assedio|assediada|assediado
            insultado|insultada|homofobico|xenofobico|machista|preconceito
            """,
        Severity.DISTRESS: """
            desesperado|desesperada|suicidio|panico
            nao quero viver
            nao aguento mais
            sem luz|aquecimento|insulina|remedio|remedios
            """,
    },
    opt_out="""
    nao quero|queremos|desejo ~2 receber ~2 mensagens|mensagem|publicidade|emails|ofertas|notificacoes|nada
    nao quero|queremos mais mensagens|publicidade|emails|ofertas
    nao quero|queremos|desejo ~2 receber ~2 convites|pesquisas|promocoes|felicitacoes
    nao quero|queremos mais convites|pesquisas|promocoes|felicitacoes
    chega de mensagens|ofertas|promocoes|convites|pesquisas|publicidade|emails
    nao me|nos ~1 escrevam|escreva|enviem|envie|mandem|mande|contatem|incomodem ~1 mais
    parem|pare|para|parar de me ~1 escrever|enviar|mandar|incomodar
    nao me|nos ~1 enviem|envie|mandem|mande ~1 mensagens|mensagem|emails|propaganda|publicidade|sms
    nao quero|queremos ~2 receber ~2 propaganda|propagandas|sms|spam
    parem|pare|para|parar de ~1 escrever|enviar|mandar ~2 mensagens|mensagem|emails|ofertas|sms|propaganda
    parem|pare|parar de ~1 enviar|mandar ~2 promocoes|publicidade|convites|pesquisas|felicitacoes|spam
    parem|pare|parar com ~2 mensagens|emails|ofertas|promocoes|propaganda|publicidade|spam|sms
    me tirem|tire|removam|remova|excluam|exclua|retirem|retire ~1 da|de ~2 lista
    tirem|tire|removam|remova|excluam|exclua|retirem ~1 meu ~1 numero|telefone|email|nome ~1 da
    cancelar|cancele|cancelem ~2 assinatura|inscricao
    descadastrar|descadastre|descadastrem
    """,
    opt_out_alone="""
    parar|pare|parem|sair|cancelar inscricao|descadastrar|me descadastre|chega de mensagens|chega
    parem com isso|remover
    nao me contatem|nao me contate|nao me contactem|nao me escrevam|nao me incomodem|nao me incomode
    nao me perturbem|deixem me em paz|me deixem em paz|me deixa em paz|deixe me em paz
    """,
    asks="""
    quero|queria|gostaria|gostariamos|preciso|precisamos|desejo|procuro
    podem|pode|poderia|poderiam|posso|voces tem|podemos
    quando|onde|quanto|quantos|quantas|qual|quais ~2 chega|esta|estao|custa|e|sao|abrem|abre|encontro|fica
    a que horas
    como posso|faco|funciona|consigo
    """,
    person="""
    falar|conversar ~2 com ~3 pessoa|humano|atendente|alguem|gerente|responsavel|supervisor
    liguem|ligue ~2 mim|me
    me liguem|ligue
    """,
)
