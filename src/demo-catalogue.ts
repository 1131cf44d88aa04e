import type { ProductDraft } from './catalog/index.js';

export interface DemoProduct {
  readonly draft: ProductDraft;
  /** Units that lie on the shelf at the start. */
  readonly onHand: number;
}

type Row = readonly [sku: string, title: string, unitPrice: number, onHand: number, description: string];

const KITCHEN: readonly Row[] = [
  ['KIT-KNIFE-CHEF', 'Chef’s knife, 20 cm', 7_900, 34, 'Forged carbon steel with an oak handle. Wash by hand.'],
  ['KIT-KNIFE-PARING', 'Paring knife, 9 cm', 2_450, 61, 'The small sister of the chef’s knife.'],
  ['KIT-BOARD-OAK', 'Oak cutting board', 4_200, 27, 'End grain, 40 × 28 cm, oiled.'],
  ['KIT-PAN-IRON', 'Cast-iron skillet, 26 cm', 4_650, 18, 'Seasoned and ready for the first egg.'],
  ['KIT-POT-ENAMEL', 'Enamel pot, 3 l', 5_400, 3, 'Cream white, with a lid. The last ones of the old colour.'],
  ['KIT-SCALE-DIGITAL', 'Kitchen scale', 2_990, 45, 'Up to 5 kg in steps of 1 g.'],
  ['KIT-TOWEL-LINEN-2', 'Linen kitchen towels, set of 2', 1_850, 120, 'Washed linen, 50 × 70 cm.'],
  ['KIT-PEELER-Y', 'Y peeler', 890, 210, 'Stainless steel, for both hands.'],
];

const TABLE: readonly Row[] = [
  ['TBL-BOWL-STONE-4', 'Stoneware bowls, set of 4', 5_800, 22, 'Reactive glaze: no two are alike.'],
  ['TBL-PLATE-STONE-4', 'Stoneware plates, set of 4', 6_400, 19, '27 cm, fit for dishwasher and oven.'],
  ['TBL-GLASS-DURO-6', 'Tumblers, set of 6', 2_400, 74, 'Tempered glass, 0.25 l, stackable.'],
  ['TBL-CARAFE-1L', 'Glass carafe, 1 l', 3_100, 0, 'With a cork stopper.'],
  ['TBL-CUTLERY-24', 'Cutlery, 24 pieces', 11_900, 9, 'Brushed steel for six people.'],
  ['TBL-RUNNER-LINEN', 'Linen table runner', 2_900, 40, 'Natural, 150 × 40 cm.'],
];

const COFFEE: readonly Row[] = [
  ['COF-BEANS-HOUSE-250', 'House blend coffee, 250 g', 1_150, 180, 'Chocolate and hazelnut. Roasted on Tuesdays.'],
  ['COF-BEANS-HOUSE-1000', 'House blend coffee, 1 kg', 3_900, 64, 'The same beans for offices and early risers.'],
  ['COF-BEANS-YIRGA-250', 'Yirgacheffe coffee, 250 g', 1_590, 2, 'Washed, jasmine and lemon. A small lot.'],
  ['COF-DRIPPER-02', 'Ceramic coffee dripper', 2_600, 37, 'Size 02, for one to four cups.'],
  ['COF-FILTER-02-100', 'Paper filters, 100 pieces', 690, 320, 'Size 02, unbleached.'],
  ['COF-GRINDER-HAND', 'Hand coffee grinder', 8_900, 14, 'Steel burrs, 30 g, 40 settings.'],
  ['COF-KETTLE-NECK', 'Gooseneck kettle, 0.9 l', 6_900, 11, 'For the stove; pours as slowly as you like.'],
  ['COF-PRESS-08', 'French press, 0.8 l', 3_450, 29, 'Double-walled steel, keeps warm for an hour.'],
];

const DESK: readonly Row[] = [
  ['DSK-NOTEBOOK-A5', 'Notebook A5, dotted', 1_490, 150, '192 numbered pages, thread-bound, lies flat.'],
  ['DSK-NOTEBOOK-A6', 'Pocket notebook A6', 890, 240, '64 pages, plain.'],
  ['DSK-PEN-BRASS', 'Brass ballpoint pen', 3_800, 33, 'Ages with you. Takes common refills.'],
  ['DSK-PENCIL-HB-12', 'Pencils HB, set of 12', 1_250, 95, 'Cedar, unpainted.'],
  ['DSK-LAMP-CLAMP', 'Clamp desk lamp', 8_400, 7, 'Powder-coated steel, warm white LED.'],
  ['DSK-TRAY-WALNUT', 'Walnut desk tray', 4_900, 1, 'For keys, pens and what pockets hold.'],
  ['DSK-STAND-LAPTOP', 'Laptop stand', 5_600, 26, 'Folded aluminium, 15 cm high.'],
];

const LIVING: readonly Row[] = [
  ['LIV-BLANKET-WOOL', 'Wool blanket', 12_900, 12, 'Merino and lambswool, 130 × 180 cm.'],
  ['LIV-CUSHION-45', 'Cushion cover, 45 × 45 cm', 2_200, 58, 'Heavy cotton with a hidden zip.'],
  ['LIV-CANDLE-FIG', 'Fig candle', 2_750, 66, 'Soy wax, burns for about 45 hours.'],
  ['LIV-VASE-CLAY', 'Clay vase', 3_600, 0, 'Thrown by hand, 24 cm. Made again in spring.'],
  ['LIV-BASKET-SEAGRASS', 'Seagrass basket', 3_300, 31, 'For laundry, toys or a tall plant.'],
  ['LIV-TOTE-CANVAS', 'Canvas tote bag', 1_950, 140, 'Organic cotton, carries 12 kg.'],
  ['LIV-MUG-BLUE', 'Blue mug', 1_450, 88, 'Stoneware, 0.3 l. Everybody’s favourite.'],
];

/** A small shop to try things with: most of it in stock, a few things nearly or quite sold out. Prices in US cents. */
export const DEMO_CATALOGUE: readonly DemoProduct[] = [...KITCHEN, ...TABLE, ...COFFEE, ...DESK, ...LIVING].map(
  ([sku, title, unitPrice, onHand, description]) => ({
    draft: { sku, title, description, unitPrice, currency: 'usd', active: true },
    onHand,
  }),
);
