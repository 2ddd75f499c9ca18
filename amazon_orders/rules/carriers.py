"""Amazon's carrier codes, and how a shop's word for a carrier is found among them.

Sources: the carrier enumeration of Amazon's order feeds (2021), Seller Central's list for Singapore, and what newer
integrations send. Amazon publishes no complete list, and the vocabulary is open: a code that is not here may be right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

OTHER = "Other"
"""The code of every carrier that Amazon has no code for; it needs a name beside it."""

# One entry a carrier: the code that is sent, and after `=` other spellings of Amazon's that mean the same.
# Slips of Amazon's own list (`DASCHER`, `HS code`) are read and never sent.
_LISTED = """
17FEIA, 360lion, 4PX, A-1, AAA Cooper, ABF, AFL/Fedex, ALLJOY, AMAUK, AMAZON HORIZON, Amazon Shipping, AMZL,
AMZL_UK, Anjun, AO, AO Deutschland, APC, APC Overnight=APC-Overnight, APC POSTAL LOGISTICS, APG eCommerce, Aramex,
ARAS, Aras Kargo, Arco Spedizioni, Arkas, Arrow XL, Asendia, Asgard, Assett, AT POST=AT Post, ATS, AUSSIE_POST,
Australia Post, Australia Post-ArticleId=Australia Post-ArticleID=AustraliaPost-ArticleId,
Australia Post-Consignment=AustraliaPost-Consignment, B2C, B2C Europe, B2CShip, Balnak, Bartolini,
Beijing Quanfeng Express, Best Buy, Best Express, Better Trucks, BJS, Blowhorn, BlueDart, Blue Package, Boğaziçi,
Bombax, Bombino Express, BPOST, BR1 Express, BRT, Buylogic, Canada Post, Canpar, CargoLine, Caribou, Cart2India,
CBL, CDC, CELERITAS, Centex, CEVA, Ceva Lojistik, China Post, Chrono Express, Chronopost, Chukou1, Cititrans,
City Link, Citypost, CNE, Coliposte, Colis Prive=COLIS PRIVE, Colissimo, Consegna Mezzi Propri, Conway, Correios,
Correos, Correos Express, Couriers Please=CouriersPlease, CTTExpress=CTT EXPRESS, Cubyn, DACHSER=DACSHER=DASCHER,
DB Schenker, DEL Deliveries, Delhivery, Delivengo, Delivery Group, Der Kurier, Deutsche Post, DHL, DHL eCommerce,
DHL Express, DHL Freight, DHL Global Mail, DHL Home Delivery, DHL Kargo, DHL-Paket, DHL Parcel UK, DHLPL,
Digital Delivery, DirectLog, Dotzot, DPB, DPD, DPD Local, DSV, DTDC, DX, DX Express, DX Freight, DX Secure,
DYNAMIC EXPRESS, ECMS, Ecom Express, EINSA SOURCING, EKI Trans, Emirates Post, Emons, Endopack, Energo, Envialia,
Equick, Estafeta, Estes, EUB, Europaczka, Exapaq, FAST EST, Fastway, FedEx, Fedex Freight, FEDEX_JP,
FedEx SmartPost, Fercam=FERCAM, Fillo Kargo, First Flight, First Flight China, First Mile, FRACHTPOST,
France Express=FRANCE EXPRESS, Gati, GEL, GEL Express, geodis=GEODIS, Geodis Calberson, Geopost Kargo, GFS, GLS,
GLS Canada, GLS US, GO!, GRUPO LOGISTIC, Hellmann, Heppner, Hermes, Hermes (Corporate), Hermes Einrichtungsservice,
Hermes Logistik Gruppe, Hermes UK, Hlog, Home Logistics, honesteye, Hongkong Post, Horoz Lojistik,
Hotpoint Logistics, HRP, HubEurope, Hunter Logistics, Huxloe, Huxloe Logistics, ICC Worldwide, IDS, IDS Netzwerk,
iMile, India Post, InPost, Interlink, Interno, Intersoft, iParcel, ITD Global, Japan Post, JCEX, Jersey Post,
JP_EXPRESS, JPL UPU, Kargokar, KEAVO, Kuehne+Nagel=Kuehne Nagel, Kybotech, Landmark, Landmark Global, La Poste,
Lasership, Liccardi, Mail Alliance, Mainpost, MBE, Metro Kargo, Mezzi propri, MHI, Milkman, MNG Kargo,
Mondial Relay, MRW, MZZ Briefdienst=MZZ-Briefdienst, Nacex=NACEX, Narpost Kargo, Newgistics, Nexive, Ninjavan,
NipponExpress, NITTSU, NOVEO, NTL, OCS Worldwide, Old Dominion, OneWorldExpress, ONTIME, OnTrac, OSM,
Other=Andere=HS code=Otro=Sonstige, Overnite Express, Palletline, Palletways, Panther, Parcel2go, PARCEL2GO.COM,
ParcelDenOnline, Parcelforce, Parcel Hub=Parcelhub, Parcelink Logistics, Parcel Monkey, Parcelnet, ParcelOne,
Parcel Station, PDC Logistics, Pilot, Pilot Freight, PIN, Polish Post, Poste Italiane, Post Modern, Post NL=PostNL,
PostNord, Professional, PTT Kargo, PUROLATOR, QExpress, Qxpress, Raben, Raben Group, RBNA, REDUR, Rhenus, Rieck,
Rivigo, R+L, RMLGB, Roadrunner, Royal Mail=ROYAL_MAIL, RR Donnelley, Safexpress, SAGAWA, SagawaExpress, Saia,
Sailpost, Schweizer Post, SDA, Seino, SEINO TRANSPORTATION, Selem Kargo, Self Delivery, Sendcloud, Sending,
Sendle=SENDLE, Seur, Seven Senders, SFC, SF Express, Ship Delight, ShipEconomy, ShipGlobal, Ship Global US,
Shipmate, Shree Maruti Courier, Shree Tirupati Courier, Shunfeng Express, Singapore Post, Smartmail,
South Eastern Freight Lines, Speedex, Spoton, SPRING, Spring GDS, Sprint, Stahlmann and Sachs, Stampit,
StarTrack-ArticleID, StarTrack-Consignment, STG, STO Express, Streamlite, Sunyou, Sürat Kargo, Susa, Swiss post,
Szendex, Target, TDN, Tezel Lojistik, The Delivery Group, The Professional Couriers, TIPSA, TNT, TNTIT, TNT Kargo,
Toll Global Express, Total Express, Tourline, Trackon, Trakpak, Transaher, Transaragonés, TransFolha, Translink,
Trans-o-Flex=Transoflex, Truline, TSB, Tuffnells, TWS, TXT, TyD, UBI, UK MAIL=UKMail, UPakWeShip, UPS, UPS Freight,
Upsilon, UPS Mail Innovations, UPSMI, Urban Express, USPS, Verage Shipping, Via Xpress, VIR, VNLIN, WanbExpress,
Watkins and Shepard, Whistl, Whizzard, WINIT, WPX, XDP, XPO, XPO Freight, Xpressbees, YAMATO, YamatoTransport,
Yanwen=YANWEN, YDH, Yellow Freight, Yodel, YTO Express, Yunda Express, Yun Express, Yurtiçi Kargo, Zeleris,
ZTO Express, Zust Ambrosetti
"""

# What Seller Central calls `Other` in its other languages; shops copy it from there.
_OTHER_WORDS = "Altro, Annan, Anders, Autre, Diğer, Inne, Inny, Otra, Outro, Overig, Sonstiges, Övrigt, その他"


def fold(text: str) -> str:
    """`text` as carriers and services are compared: without case, spaces, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("ı", "i")
    return "".join(letter for letter in plain if letter.isalnum())


SPELLINGS: dict[str, str] = {
    spelling: entry.partition("=")[0]
    for entry in map(str.strip, _LISTED.replace("\n", " ").split(","))
    for spelling in entry.split("=")
}
"""Every spelling that Amazon's lists have -> the code that is sent for it."""

_BY_FOLDED = {fold(spelling): code for spelling, code in SPELLINGS.items()} | {
    fold(word): OTHER for word in _OTHER_WORDS.split(",")
}


def code_of(name: str) -> str | None:
    """The code of the carrier that is called `name`: `DHL` for `dhl`, `Other` for `Sonstige`; `None`: not listed."""
    return _BY_FOLDED.get(fold(name))


def named(word: str, words: Mapping[str, str]) -> str:
    """What a setting says of `word`: as it is written first, then by the folded spelling; empty: nothing."""
    if word in words:
        return words[word]
    folded = fold(word)
    return next((said for each, said in words.items() if folded and fold(each) == folded), "")
