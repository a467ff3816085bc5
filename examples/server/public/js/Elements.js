/**
 * Returns the element at a selector. Throws when the page does not contain it.
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {{ new (): T }} type
 * @returns {T}
 */
export const find = (root, selector, type) => {
  const element = root.querySelector(selector)
  if (element instanceof type) return element
  throw new Error(`The page has no ${type.name} at ${selector}`)
}

/**
 * Returns a copy of the only element in a `<template>`.
 * @param {string} id
 * @returns {HTMLElement}
 */
export const stamp = (id) => {
  const element = find(document, `#${id}`, HTMLTemplateElement).content.firstElementChild?.cloneNode(true)
  if (element instanceof HTMLElement) return element
  throw new Error(`The template ${id} is empty`)
}

/**
 * Sets the text content. Does not touch an element with the same text, so that selections survive.
 * @param {Element} element
 * @param {string} text
 */
export const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text
}

/**
 * Shows a text, or hides the element when there is none.
 * @param {HTMLElement} element
 * @param {string} text
 */
export const setOptionalText = (element, text) => {
  setText(element, text)
  element.hidden = text === ""
}

/**
 * Sets an attribute unless it has this value already. An image would otherwise be loaded again.
 * @param {Element} element
 * @param {string} name
 * @param {string} value
 */
export const setAttribute = (element, name, value) => {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

/**
 * The children of an element, one per item, kept across updates. Remaining children are patched in place and moved only
 * when the order changes, so that focus and playback survive.
 * @template Item
 * @template {{ element: HTMLElement, update(item: Item): void }} View
 */
export class KeyedList {
  /** @type {Map<string, View>} */
  #views = new Map()
  #parent
  #options

  /**
   * @param {HTMLElement} parent
   * @param {{
   *   key(item: Item): string
   *   create(item: Item): View
   *   focusLost?(neighbour: HTMLElement | undefined): void
   * }} options `focusLost` is called when the focused element is removed.
   */
  constructor(parent, options) {
    this.#parent = parent
    this.#options = options
  }

  /** @param {ReadonlyArray<Item>} items */
  render(items) {
    this.#drop(new Set(items.map((item) => this.#options.key(item))))
    let next = this.#parent.firstElementChild
    for (const item of items) {
      const { element } = this.#viewOf(item)
      if (element === next) next = next.nextElementSibling
      else this.#parent.insertBefore(element, next)
    }
  }

  /** @param {string} key */
  get(key) {
    return this.#views.get(key)
  }

  /** @param {Item} item */
  #viewOf(item) {
    const key = this.#options.key(item)
    const view = this.#views.get(key) ?? this.#options.create(item)
    this.#views.set(key, view)
    view.update(item)
    return view
  }

  /** @param {ReadonlySet<string>} kept */
  #drop(kept) {
    for (const [key, { element }] of this.#views) {
      if (kept.has(key)) continue
      const hadFocus = element.contains(document.activeElement)
      const neighbour = element.nextElementSibling ?? element.previousElementSibling
      this.#views.delete(key)
      element.remove()
      if (hadFocus) this.#options.focusLost?.(neighbour instanceof HTMLElement ? neighbour : undefined)
    }
  }
}
