"""What can be wrong around a badge: its issuer's keys and lists, newer copies, and how they are had."""

from __future__ import annotations

# code -> (English, Spanish)
OF_OTHERS = {
    "address": (
        "it is an address; check what stands there",
        "es una dirección; verifique lo que hay en ella",
    ),
    "ambiguous_document": (
        "two files say that they are the same document",
        "dos archivos dicen ser el mismo documento",
    ),
    "base58": ("a key or a signature is misspelled", "una clave o una firma está mal escrita"),
    "base64url": ("a part of it is misspelled", "una de sus partes está mal escrita"),
    "blocked_address": ("we do not connect to where it leads", "no nos conectamos a donde lleva"),
    "budget": (
        "it asks for more documents, or slower ones, than are fetched",
        "pide más documentos, o más lentos, de los que se obtienen",
    ),
    "controller_mismatch": (
        "the key says that it belongs to somebody else",
        "la clave dice pertenecer a otro",
    ),
    "data_address": (
        "an address that carries its own content is misspelled",
        "una dirección data: está mal escrita",
    ),
    "did_document": ("the issuer's key document is malformed", "el documento DID está mal formado"),
    "did_mismatch": ("the key document is somebody else's", "el documento DID es de otro"),
    "did_syntax": ("an identifier is misspelled", "un DID está mal escrito"),
    "digest": (
        "what stands at an address is not what was signed",
        "lo que hay en una dirección no es lo que se firmó",
    ),
    "digest_form": ("a fingerprint of a file is misspelled", "una huella digital está mal escrita"),
    "digest_not_compared": (
        "some of what it cites was not opened to compare it with what was signed",
        "parte de lo que cita no se abrió para compararlo con lo que se firmó",
    ),
    "duplicate_key_id": ("two keys have the same name", "dos claves tienen el mismo identificador"),
    "endorsed_by_itself": ("the issuer endorses itself", "el emisor se avala a sí mismo"),
    "endorses_something_else": (
        "it endorses something that is not in this badge",
        "avala algo que no está en esta insignia",
    ),
    "fetch_connect": ("its address could not be reached", "no se pudo llegar a su dirección"),
    "fetch_dns": ("the host of its address is not known", "no se conoce el servidor de su dirección"),
    "fetch_encoding": (
        "its address answered in a packing that was not asked for",
        "su dirección respondió con una compresión que no se pidió",
    ),
    "fetch_protocol": (
        "its address answered in a way that cannot be read",
        "su dirección respondió de un modo que no se puede leer",
    ),
    "fetch_size": ("its address sent more than is accepted", "su dirección envió más de lo que se acepta"),
    "fetch_timeout": ("its address did not answer in time", "su dirección no respondió a tiempo"),
    "fetch_tls": ("the connection to its address is not secure", "la conexión con su dirección no es segura"),
    "http_status": ("its address answered with an error", "su dirección respondió con un error"),
    "issuer_mismatch": ("the key is not one of the issuer's", "la clave no es del emisor"),
    "issuer_not_trusted": (
        "the issuer is not among those that are known here",
        "el emisor no está entre los que aquí se conocen",
    ),
    "jwk": ("a key cannot be read", "una clave no se puede leer"),
    "jwk_kid": ("the key that was found has another name", "la clave encontrada tiene otro nombre"),
    "jwk_set": (
        "the key's address leads to several keys and must lead to one",
        "la dirección lleva a varias claves y debe llevar a una",
    ),
    "key_document": (
        "the issuer's key document cannot be read",
        "el documento de claves del emisor no se puede leer",
    ),
    "key_expired": (
        "the key's time had run out when the badge was signed",
        "la clave ya había vencido cuando se firmó",
    ),
    "key_kind": ("the key is of a kind that is not used here", "la clave es de una clase que aquí no se usa"),
    "key_not_bound": ("nobody confirms whose key it is", "nadie confirma de quién es la clave"),
    "key_not_for_assertion": (
        "the key is not meant for issuing badges",
        "la clave no sirve para firmar credenciales",
    ),
    "key_not_in_document": (
        "the key is not in the issuer's document",
        "la clave no está en el documento del emisor",
    ),
    "key_revoked": ("the issuer has withdrawn the key", "el emisor ha retirado la clave"),
    "kid": (
        "the name of the key is neither an identifier nor an https address",
        "el nombre de la clave no es un DID ni una dirección https",
    ),
    "method_type": (
        "the key is of a kind that is not read here",
        "la clave es de una clase que aquí no se lee",
    ),
    "multibase": (
        "a key, a signature or a list is misspelled",
        "una clave, una firma o una lista está mal escrita",
    ),
    "multikey": ("a key cannot be read", "una clave no se puede leer"),
    "no_fetcher": ("a document that is needed was not fetched", "no se obtuvo un documento necesario"),
    "not_fetched": ("a needed document could not be had", "no se pudo obtener un documento necesario"),
    "not_at_hand": ("a document that is needed is not at hand", "falta un documento necesario"),
    "not_found": ("there is no such document here", "aquí no existe ese documento"),
    "policy_is_empty": ("nobody said which issuers to trust", "nadie ha dicho en qué emisores confiar"),
    "private_jwk": (
        "it holds a private key; whoever published it has to replace it",
        "el JWK contiene una clave privada; quien la publicó debe cambiarla",
    ),
    "private_key": ("the private key cannot be used", "la clave privada no se puede usar"),
    "refresh_not_followed": ("a newer copy was not asked for", "no se pidió una copia más reciente"),
    "refresh_not_had": ("the newer copy could not be had", "no se pudo obtener la copia más reciente"),
    "refresh_not_sound": (
        "what came does not pass the checks",
        "la copia que llegó no supera las comprobaciones",
    ),
    "refresh_older": ("what came is older than the badge at hand", "llegó una copia más antigua"),
    "refresh_other_badge": (
        "what came is another badge, or another issuer's",
        "llegó otra insignia, o la de otro emisor",
    ),
    "refresh_type_unknown": (
        "a renewal service of this kind is not followed here",
        "aquí no se sigue un servicio de renovación de esta clase",
    ),
    "revocation_list": ("it is not a revocation list of 1EdTech", "no es una lista de revocación de 1EdTech"),
    "revoked": ("the issuer's list says that it is revoked", "la lista del emisor dice que está revocada"),
    "rsa_size": ("the RSA key is too short or too long", "la clave RSA es demasiado corta o demasiado larga"),
    "signer": ("whoever signs uses another kind of key", "quien firma usa otra clase de clave"),
    "status_address": (
        "the badge does not say where its status list is",
        "la entrada de estado no dice dónde está su lista",
    ),
    "status_encoding": ("the list cannot be unpacked", "la lista no se puede desempaquetar"),
    "status_index": (
        "the number of its place in the list is misspelled",
        "el número de la lista está mal escrito",
    ),
    "status_issuer": ("the list is another issuer's", "la lista es de otro emisor"),
    "status_length": ("the list is too short", "la lista es demasiado corta"),
    "status_list_full": ("the list is full", "la lista está llena"),
    "status_list_unusable": (
        "what stands at the list's address cannot be used as a list",
        "lo que hay en la dirección de la lista no sirve como lista",
    ),
    "status_message": (
        "the issuer left a message that only the issuer can explain",
        "el emisor dejó un mensaje que solo él puede explicar",
    ),
    "status_messages": (
        "the messages that the badge announces do not fit their number",
        "los mensajes de la entrada de estado no concuerdan con su tamaño",
    ),
    "status_purpose": (
        "the list serves another purpose than the badge says",
        "la lista tiene otro propósito",
    ),
    "status_purpose_unknown": (
        "the purpose of the list is not known",
        "el propósito de la lista no se conoce",
    ),
    "status_range": ("the number of its place lies outside the list", "el número cae fuera de la lista"),
    "status_reference": (
        "the explanation of its status is not an address",
        "la referencia de la entrada de estado no es una dirección",
    ),
    "status_size": (
        "a place in the list has a size that is not accepted",
        "una entrada de estado tiene un tamaño que no se admite",
    ),
    "status_too_large": ("the list is too large", "la lista es demasiado grande"),
    "status_type_unknown": ("lists of this kind are not read here", "aquí no se leen listas de esta clase"),
    "suspended": (
        "the issuer's list says that it is suspended",
        "la lista del emisor dice que está suspendida",
    ),
    "too_many_endorsements": ("it has too many endorsements", "tiene demasiados avales"),
    "too_many_keys": (
        "the issuer's key document has too many keys",
        "el documento DID tiene demasiadas claves",
    ),
    "too_many_status_entries": ("it names too many status lists", "tiene demasiadas entradas de estado"),
}
