"""What can be wrong with a badge itself: its file, its words, its signature, its dates."""

from __future__ import annotations

# code -> (English, Spanish)
OF_THE_BADGE = {
    "already_baked": ("the picture already holds a badge", "la imagen ya lleva una insignia"),
    "badge_chunk": (
        "the badge is not stored in the picture as it should be",
        "la insignia no está en la imagen en la forma debida",
    ),
    "bom": (
        "the file begins with an invisible mark that does not belong there",
        "el archivo empieza con una marca invisible que no debe estar ahí",
    ),
    "canonicalization_budget": (
        "it is built so that checking it would cost too much",
        "el documento está hecho para que cueste demasiado comprobarlo",
    ),
    "character_not_portable": (
        "the text holds a character that not everybody reads alike",
        "el texto contiene un carácter que no todos leen igual",
    ),
    "context_absent": (
        "the list that gives its words their meaning is absent",
        "falta la lista que da significado a sus palabras",
    ),
    "context_altered": ("a file of this program was altered", "un archivo de este programa ha sido alterado"),
    "context_conflict": (
        "two vocabularies that it names contradict each other",
        "dos vocabularios que nombra se contradicen",
    ),
    "context_missing": ("a file of this program is absent", "falta un archivo de este programa"),
    "context_not_pinned": (
        "it names a vocabulary that is not known here",
        "nombra un vocabulario que aquí no se conoce",
    ),
    "context_order": (
        "the vocabularies that it names are not in the order that the standard asks",
        "los vocabularios que nombra no están en el orden que pide el estándar",
    ),
    "context_unneeded": (
        "it names a vocabulary that it does not use, and nobody can tell who added it",
        "nombra un vocabulario que no usa, y nadie puede saber quién lo añadió",
    ),
    "cryptosuite_unknown": (
        "this kind of signature is not read here",
        "aquí no se leen firmas de esta clase",
    ),
    "dates_contradict": ("it ends before it begins", "termina antes de empezar"),
    "described_twice": (
        "one thing is described in two places",
        "un mismo objeto está descrito en dos lugares",
    ),
    "disclosure_proof": (
        "the proof of a partial disclosure is malformed",
        "la prueba de divulgación selectiva está mal formada",
    ),
    "duplicate_key": (
        "a name stands twice in one object, so that two readers could read two things",
        "un nombre aparece dos veces en el mismo objeto, de modo que se podría leer de dos maneras",
    ),
    "empty": (
        "an empty object or list says nothing that a signature could cover",
        "un objeto o una lista vacíos no dicen nada que la firma pueda cubrir",
    ),
    "empty_svg": ("the picture has no content", "la imagen está vacía"),
    "encoding": ("the text is not written in UTF-8", "el texto no está escrito en UTF-8"),
    "envelope_dates": (
        "the dates on the envelope are not those of the badge",
        "las fechas del sobre y de la credencial no concuerdan",
    ),
    "envelope_mismatch": (
        "the envelope and the badge inside it disagree",
        "el sobre y la credencial no concuerdan",
    ),
    "evidence_empty": ("a piece of evidence says nothing", "una evidencia no dice nada"),
    "full_iri_key": (
        "a full address stands where a word is expected",
        "hay una dirección completa donde se espera una palabra",
    ),
    "id_twice": ("one object has two identifiers", "hay dos identificadores en un objeto"),
    "inline_context": (
        "it brings a vocabulary of its own, which could change what its words mean",
        "trae un vocabulario propio, que podría cambiar el significado de sus palabras",
    ),
    "instant": (
        "a date is not a date and time with its time zone",
        "no es una fecha y hora con zona horaria",
    ),
    "json_ld": (
        "its data are not linked as the standard asks",
        "sus datos no están enlazados como pide el estándar",
    ),
    "jwt_algorithm": ("this way of signing is not accepted", "esta manera de firmar no se acepta"),
    "jwt_form": (
        "it looks like a signed token, but is cut short or misspelled",
        "parece un documento firmado, pero está cortado o mal escrito",
    ),
    "jwt_header": (
        "the head of the token holds something that is not allowed",
        "el encabezado del documento firmado contiene algo que no se permite",
    ),
    "jwt_needs": (
        "something is absent that a badge in this form needs",
        "falta algo que una insignia en forma de JWT necesita",
    ),
    "keyword": (
        "it uses a word that can move data without anybody noticing",
        "usa una palabra que permite mover datos sin que nadie lo note",
    ),
    "level_not_described": (
        "a result names a level that is not described",
        "un resultado nombra un nivel que no está descrito",
    ),
    "malformed_iri": ("an identifier is misspelled", "un identificador está mal escrito"),
    "model": ("a part is absent or not as the standard asks", "una parte no es como pide el estándar"),
    "nested_array": ("a list stands directly inside a list", "hay una lista dentro de otra"),
    "nested_context": (
        "it changes the meaning of its words half-way",
        "cambia el significado de sus palabras a mitad de camino",
    ),
    "no_badge": ("the picture holds no badge", "la imagen no lleva ninguna insignia"),
    "not_a_badge": ("it does not say that it is a badge", "no dice que sea una insignia"),
    "not_a_picture": ("it is neither a PNG nor an SVG picture", "no es una imagen PNG ni SVG"),
    "not_an_object": (
        "it is not one set of data but something else",
        "no es un conjunto de datos, sino otra cosa",
    ),
    "not_png": ("the file does not begin like a PNG picture", "el archivo no empieza como una imagen PNG"),
    "not_svg": ("the file is not an SVG picture", "el archivo no es una imagen SVG"),
    "nquads": ("a line is not a statement", "una línea no es una declaración"),
    "nul_character": (
        "the text holds a character that no text should hold",
        "el texto contiene un carácter que ningún texto debe contener",
    ),
    "null": (
        "an empty value would not be covered by the signature",
        "un valor vacío no quedaría cubierto por la firma",
    ),
    "number": (
        "a number is larger, longer or odder than is accepted",
        "un número es más grande, más largo o más raro de lo que se acepta",
    ),
    "number_not_portable": (
        "a number has more digits than everybody reads alike",
        "un número tiene más cifras de las que todos leen igual",
    ),
    "open_badges_2": ("it is an Open Badge 2.0", "es una insignia Open Badges 2.0"),
    "png_animated": ("moving pictures are not accepted", "no se aceptan imágenes animadas"),
    "png_crc": ("the picture is damaged", "la imagen está dañada"),
    "png_length": ("the picture is damaged", "la imagen está dañada"),
    "png_order": ("the picture does not begin as it should", "la imagen no empieza como debe"),
    "png_trailing": ("something follows the end of the picture", "hay algo después del final de la imagen"),
    "png_truncated": ("the picture is cut short", "la imagen está cortada"),
    "proof_bound_elsewhere": (
        "the signature was made for one recipient only",
        "la firma se hizo solo para un destinatario",
    ),
    "proof_chain": (
        "an earlier signature that this one rests on is absent",
        "falta una firma anterior en la que esta se apoya",
    ),
    "proof_date": ("a date of the signature is misspelled", "una fecha de la firma está mal escrita"),
    "proof_expired": ("the signature's time has run out", "la firma ha vencido"),
    "proof_from_future": (
        "the signature says that it was made in the future",
        "la firma dice que se hizo en el futuro",
    ),
    "proof_malformed": ("a signature is malformed", "una firma está mal formada"),
    "proof_purpose": (
        "the signature was not made to issue a badge",
        "la firma no se hizo para emitir una credencial",
    ),
    "recipient_does_not_match": (
        "no identity in the badge is that of whom was named",
        "ninguna identidad de la insignia coincide",
    ),
    "relative_iri": (
        "an identifier is not complete, so the signature would not cover it as written",
        "un identificador no está completo, así que la firma no lo cubriría tal cual",
    ),
    "reserved": ("a value imitates a mark of this program", "un valor imita una marca de este programa"),
    "result_description_twice": (
        "two descriptions of results have the same identifier",
        "dos descripciones de resultados tienen el mismo identificador",
    ),
    "result_not_described": (
        "a result points at a description that is not there",
        "un resultado remite a una descripción que no está",
    ),
    "several_badges": (
        "the picture holds several badges, and which one is meant is unclear",
        "la imagen lleva varias insignias",
    ),
    "signature": ("something was changed, or another key signed", "algo se cambió, o firmó otra clave"),
    "surrogate": ("the text holds half a character", "el texto contiene un carácter a medias"),
    "svg_doctype": (
        "the picture could pull in other files, which is not accepted",
        "la imagen podría traer otros archivos, lo que no se acepta",
    ),
    "svg_encoding": (
        "the picture's text is not written in UTF-8",
        "el texto de la imagen no está escrito en UTF-8",
    ),
    "svg_malformed": ("the picture is damaged or cut short", "la imagen está dañada o cortada"),
    "syntax": (
        "it is damaged, cut short, or something else than a badge",
        "está dañada, cortada, o no es una insignia",
    ),
    "template_slot": (
        "there is no text at that place of the badge",
        "no hay texto en ese lugar de la insignia",
    ),
    "template_value": ("a value does not fit its place", "un valor no corresponde a su lugar"),
    "too_complex": ("it is larger than a badge is", "es más grande de lo que es una insignia"),
    "too_deep": ("its data are nested too deeply", "el documento tiene demasiados niveles"),
    "too_large": ("it is too large", "es demasiado grande"),
    "too_many_blank_nodes": ("it has too many parts without a name", "tiene demasiados objetos sin nombre"),
    "too_many_items": ("one of its lists is too long", "una lista es demasiado larga"),
    "too_many_proofs": ("it has too many signatures", "tiene demasiadas firmas"),
    "too_many_values": ("it has too many values", "tiene demasiados valores"),
    "two_credentials": ("the token holds two badges", "el documento firmado lleva dos insignias"),
    "type_twice": ("one object has two kinds", "un objeto tiene dos clases"),
    "undefined_term": (
        "no vocabulary defines one of its words, so the signature would not cover it",
        "ningún vocabulario define una de sus palabras, así que la firma no la cubriría",
    ),
    "undefined_type": (
        "no vocabulary defines one of its kinds, so the signature would not cover it",
        "ningún vocabulario define una de sus clases, así que la firma no la cubriría",
    ),
    "unsigned": ("it carries no signature", "la credencial no lleva firma"),
    "verification_method": ("the signature names no key", "la firma no nombra ninguna clave"),
}
