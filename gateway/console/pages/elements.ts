/** Words in both languages: Chinese first and large, English below. */
export interface Words {
  readonly chinese: string;
  readonly english: string;
}

/** The element with this id, which the page's HTML has. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} with id ${id}`);
  return found;
}

export interface ElementOptions {
  readonly class?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A new element; text is put in as text, so that nothing that comes over the wire is ever taken for HTML. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  options: ElementOptions,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (options.class !== undefined) made.className = options.class;
  for (const [name, value] of Object.entries(options.attributes ?? {})) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Both languages, each marked as what it is, so that a screen reader pronounces it. */
export function bilingual({ chinese, english }: Words): readonly HTMLElement[] {
  return [
    element("span", { class: "chinese", attributes: { lang: "zh-Hans" } }, chinese),
    // A space, so that a screen reader does not run the two together.
    element("span", { class: "english", attributes: { lang: "en" } }, ` ${english}`),
  ];
}

export function say(where: HTMLElement, words: Words | undefined): void {
  const spoken = words === undefined ? "" : JSON.stringify(words);
  // A live region that is written anew is read anew.
  if (where.dataset["words"] === spoken) return;
  where.dataset["words"] = spoken;
  where.hidden = words === undefined;
  where.replaceChildren(...(words === undefined ? [] : bilingual(words)));
}

/** As `say`, for what is the same in every language. */
export function write(where: HTMLElement, text: string): void {
  if (where.textContent !== text) where.textContent = text;
}

/** Of several parts of a page one is seen. */
export function showOnly(parts: readonly HTMLElement[], shown: HTMLElement): void {
  for (const part of parts) part.hidden = part !== shown;
}
