/** What the shop sells; prices in cents. */
export const products = [
  { id: 'assam', name: 'Assam, 100 g', priceCents: 620 },
  { id: 'darjeeling', name: 'Darjeeling, 100 g', priceCents: 940 },
  { id: 'sencha', name: 'Sencha, 100 g', priceCents: 880 },
  { id: 'rooibos', name: 'Rooibos, 100 g', priceCents: 450 },
];

export const productById = (id) => products.find((product) => product.id === id);
