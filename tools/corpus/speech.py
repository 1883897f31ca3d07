# SPDX-License-Identifier: MIT
"""Speech of espeak-ng and Festival. Every third sentence of a language is heard by the judge alone."""

import subprocess
import tempfile
from math import gcd
from pathlib import Path

import numpy as np
import soundfile
import tones

RATE_HZ = 48000

# Written for this file. In every list, numbers 2, 5, 8... counted from 0 are for judging.
SENTENCES = {
    "en-gb": ["The kettle sings before the water is quite hot.", "Six swans sat silently on the far side of the lake.",
              "Judges choose a chair and listen twice.", "She sells the old piano and keeps the stool.",
              "A sharp knife makes short work of fresh bread.", "Thick fog fills the valley until half past five.",
              "Please check whether the cellar door is shut.", "Our train leaves from the other platform today.",
              "Few people measure what they think they hear."],
    "en-us": ["The garage is full of boxes that nobody opens.", "My brother fixes clocks and breaks radios.",
              "Every judge on this bench brought a lunch.", "Rain drums on the tin roof all night long.",
              "Which of these switches turns off the stage lights?", "Fresh coffee helps when the faders will not move.",
              "Zebras are easy to draw and hard to color.", "Push the red button and wait for the buzz.",
              "The chef shows us how thin the slices should be."],
    "de": ["Der Zug nach Zwickau fährt heute zwölf Minuten später.", "Im Keller pfeift eine alte Heizung.",
           "Fischer Fritz hat frei und schläft bis zehn.", "Welche Schüssel passt auf diesen Tisch?",
           "Über den Dächern kreisen jetzt die Schwalben.", "Das Gericht prüft jeden Klang zweimal."],
    "fr-fr": ["Le chat dort sous la chaise depuis ce matin.", "Une jeune fille achète huit oranges au marché.",
              "Le juge écoute chaque son deux fois.", "Il pleut sur les toits de zinc et sur la rivière.",
              "Chaque jour, Jacques change les cordes de son violon.", "Nous cherchons une chambre sans bruit."],
    "es": ["La lluvia cae despacio sobre el tejado rojo.", "Cinco gatos duermen cerca de la chimenea.",
           "El juez escucha dos veces cada sonido.", "Mi hermana toca la guitarra los jueves.",
           "Hace frío, pero las calles están llenas.", "Buscamos una habitación sin ruido."],
    "it": ["La zia taglia le zucchine sul tavolo grande.", "Ogni sera suona la campana della chiesa.",
           "Il giudice ascolta due volte ogni suono.", "Gli gnocchi sono pronti, chiama tutti.",
           "Sotto il ponte passa una barca azzurra.", "Cerchiamo una stanza senza rumore."],
    "pt": ["O pescador volta cedo com a rede vazia.", "Choveu muito e a rua cheira a terra.",
           "O juiz ouve cada som duas vezes.", "As janelas da cozinha dão para o jardim."],
    "nl": ["De fiets staat nog steeds tegen de oude schuur.", "Scherpe messen snijden het brood het best.",
           "De rechter luistert twee keer naar elk geluid.", "Morgen gaan we vroeg naar het strand."],
    "sv": ["Sju sjuka sjömän sover på stranden.", "Vinden för med sig doften av tång.",
           "Domaren lyssnar två gånger på varje ljud.", "Kaffet kallnar medan vi väntar."],
    "pl": ["Szczegóły tego przepisu zna tylko babcia.", "Wczoraj padał śnieg i było cicho.",
           "Sędzia słucha każdego dźwięku dwa razy.", "Chłopiec gra na skrzypcach przy oknie."],
    "cs": ["Řeka teče pomalu kolem starého mlýna.", "Třicet tři ptáků sedí na drátě.",
           "Soudce poslouchá každý zvuk dvakrát.", "Zítra přijede strýc ze Žatce."],
    "ru": ["Старые часы в коридоре опять остановились.", "Щука плывёт под тихой водой.",
           "Судья слушает каждый звук дважды.", "Завтра мы рано поедем на море."],
    "tr": ["Bahçedeki çeşme bütün gece şırıldar.", "Küçük kız üç şeker seçti.",
           "Yargıç her sesi iki kez dinler.", "Yarın sabah erken yola çıkıyoruz."],
    "fi": ["Järven yllä lentää yksinäinen joutsen.", "Vanha kello seinällä käy viisi minuuttia edellä.",
           "Tuomari kuuntelee jokaisen äänen kahdesti.", "Huomenna lähdemme aikaisin rannalle."],
    "hu": ["A szél egész éjjel zörgeti az ablakot.", "Gyere, süssünk friss kenyeret.",
           "A bíró minden hangot kétszer hallgat meg.", "Holnap korán indulunk a tóhoz."],
    "el": ["Η βάρκα γυρίζει αργά στο λιμάνι.", "Έξι γάτες κοιμούνται στον ήλιο.",
           "Ο κριτής ακούει κάθε ήχο δύο φορές.", "Αύριο φεύγουμε νωρίς για τη θάλασσα."],
    "id": ["Hujan turun sejak pagi di atas atap seng.", "Adik membeli sepuluh jeruk di pasar.",
           "Hakim mendengar setiap suara dua kali.", "Besok kami berangkat ke pantai."],
    "sw": ["Mvua inanyesha juu ya paa la bati.", "Mama anapika chai jikoni.",
           "Hakimu anasikiliza kila sauti mara mbili.", "Kesho tutaenda baharini mapema."],
    "vi": ["Mưa rơi suốt đêm trên mái nhà.", "Em gái mua sáu quả cam ở chợ.",
           "Thẩm phán nghe mỗi âm thanh hai lần.", "Ngày mai chúng tôi đi biển sớm."],
    "hi": ["पुरानी घड़ी फिर से रुक गई है।", "बारिश छत पर धीरे गिर रही है।",
           "न्यायाधीश हर ध्वनि दो बार सुनता है।", "कल हम जल्दी निकलेंगे।"],
    "ca": ["La pluja cau a poc a poc sobre la teulada.", "Cinc gats dormen vora el foc.",
           "El jutge escolta dues vegades cada so.", "Demà marxem d'hora cap al mar."],
}
VARIANTS = ["", "+f1", "+f2", "+f3", "+f4", "+f5", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+m8", "+croak", "+whisper"]

# Voice of Festival, language of its sentences, what the text is written in.
VOICES = [("kal_diphone", "en-us", "ascii"), ("cmu_us_slt_arctic_hts", "en-us", "ascii"), ("upc_ca_ona_hts", "ca", "latin-1"),
          ("msu_ru_nsh_clunits", "ru", "utf-8")]


def words(rng, language, for_judge):
    """Two sentences in some order, and a number of which there are enough for both sides."""
    mine = [s for i, s in enumerate(SENTENCES[language]) if (i % 3 == 2) == for_judge]
    number = 2 * int(rng.integers(100, 5000)) + for_judge
    return " ".join([mine[rng.integers(len(mine))], f"{number}.", mine[rng.integers(len(mine))]])


def read(path):
    """First channel at 48 kHz."""
    from scipy.signal import resample_poly

    samples, rate = soundfile.read(path, always_2d=True)
    common = gcd(rate, RATE_HZ)
    return samples[:, 0] if rate == RATE_HZ else resample_poly(samples[:, 0], RATE_HZ // common, rate // common)


def spoken(command, text):
    """What a command says to the file named last on it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        done = subprocess.run([*command, str(path)], input=text, capture_output=True)
        if done.returncode != 0 or not path.is_file():
            raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace').strip()[:200]}")
        return read(path)


def espeak(rng, for_judge):
    language = list(SENTENCES)[rng.integers(len(SENTENCES))]
    voice = language + VARIANTS[rng.integers(len(VARIANTS))]
    pace, pitch = int(rng.integers(110, 220)), int(rng.integers(20, 80))
    text = words(rng, language, for_judge).encode()
    return spoken(["espeak-ng", "-v", voice, "-s", str(pace), "-p", str(pitch), "--stdin", "-w"], text)


def festival(rng, for_judge):
    voice, language, encoding = VOICES[rng.integers(len(VOICES))]
    text = words(rng, language, for_judge).encode(encoding, errors="ignore")
    return spoken(["text2wave", "-eval", f"(voice_{voice})", "-", "-o"], text)


def filled(rng, count, for_judge, speaker):
    """Utterances one after another until the length is full."""
    sound, at = np.zeros(count), 0
    while at < count:
        part = speaker(rng, for_judge)
        part = part / max(np.max(np.abs(part)), 1e-9) * tones.amplitude(rng.uniform(-9, 0))
        tones.place(sound, part, at)
        at += len(part) + int(rng.integers(2000, 20000))
    return sound


def with_tone(rng, count, for_judge):
    """Speech under one steady tone, most often a high one."""
    sound = 0.5 * filled(rng, count, for_judge, espeak)
    tone = tones.sine(tones.log_uniform(rng, 500, 18000), count, rng.uniform(0, 6.28))
    return sound + tones.amplitude(rng.uniform(-40, -6)) * tone


def crowd(rng, count, for_judge):
    """Several people at once."""
    return sum(filled(rng, count, for_judge, espeak) for _ in range(int(rng.integers(2, 5)))) / 3
