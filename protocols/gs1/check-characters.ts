/** Characters of the pair, by value (General Specifications section 7.9.5). */
const pairCharacters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/** Character set 82 in the order of its values for this sum. */
const values = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`;
/** Weights from the right end leftwards. */
const weights = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];

/** Whether the last two characters are the check-character pair of those before them, modulo 1021 and 32. */
export function hasValidCheckCharacters(text: string): boolean {
  const body = text.slice(0, -2);
  let sum = 0;
  for (let index = 0; index < body.length; index++) {
    sum += values.indexOf(body.charAt(index)) * (weights[body.length - 1 - index] ?? 0);
  }
  sum %= 1021;
  return text.slice(-2) === pairCharacters.charAt(sum >> 5) + pairCharacters.charAt(sum & 31);
}

/** ISO 7064 MOD 97-10, as in an IBAN: country and check digits go to the end, letters count from 10. */
export function hasValidIbanCheck(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder === 1;
}
