/**
 * Vectors of Noise with 25519, ChaChaPoly and SHA256, as published with two implementations:
 * - cacophony: github.com/haskell-cryptography/cacophony, vectors/cacophony.txt
 * - snow: github.com/mcginty/snow, tests/vectors/snow.txt
 */
export type NoiseVector = {
  readonly source: 'cacophony' | 'snow';
  readonly pattern: 'XX' | 'N' | 'X';
  readonly prologue: string;
  readonly initStatic?: string;
  readonly initEphemeral: string;
  readonly initRemoteStatic?: string;
  readonly respStatic: string;
  readonly respEphemeral?: string;
  readonly hash?: string;
  /** Payload and what crosses the channel, in turn from the initiator and the responder. */
  readonly messages: readonly (readonly [payload: string, message: string])[];
};

export const noiseVectors: readonly NoiseVector[] = [
  {
    source: 'cacophony',
    pattern: 'XX',
    prologue: '4a6f686e2047616c74',
    initStatic: 'e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1',
    initEphemeral: '893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a',
    respStatic: '4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893',
    respEphemeral: 'bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b',
    hash: 'c8e5f64e846193be2a834104c2a009868d6c9f3bd3c186299888b488b2f1f58e',
    messages: [
      [
        '4c756477696720766f6e204d69736573',
        'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e204d69736573',
      ],
      [
        '4d757272617920526f746862617264',
        '95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884381cbad1f276e038c48378ffce2b65285e08d6b68aaa3629a5a8639392490e5b9bd5269c2f1e4f488ed8831161f19b7815528f8982ffe09be9b5c412f8a0db50f8814c7194e83f23dbd8d162c9326ad',
      ],
      [
        '462e20412e20486179656b',
        'c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a80ae475b9df0f169ae80a89be0865b57f58c9fea0d4ec82a286427402f113e4b6ae769a1d95941d49b25030',
      ],
      ['4361726c204d656e676572', '96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df'],
      [
        '4a65616e2d426170746973746520536179',
        '3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07f5',
      ],
      [
        '457567656e2042f6686d20766f6e2042617765726b',
        'eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3a58502ae3f',
      ],
    ],
  },
  {
    source: 'cacophony',
    pattern: 'N',
    prologue: '4a6f686e2047616c74',
    initEphemeral: '893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a',
    initRemoteStatic: '31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62',
    respStatic: '4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893',
    hash: '6497ab83a10e5d03b42e6f770738f62f91584b0b589380fddff642b141af56b6',
    messages: [
      [
        '4c756477696720766f6e204d69736573',
        'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c794430db5925e72ccdb0333fb13bd1f920cc34627b8fe30f81383a15d67a9ba306ca',
      ],
      [
        '4d757272617920526f746862617264',
        'b9546f9f6bc43ff1ab776874425ddd59a45f6294633df65c8e55ee14cbc175',
      ],
      ['462e20412e20486179656b', '4732bd7c598a84a15a477ce67562f54bc4fac4ef04ea178c5796c9'],
      ['4361726c204d656e676572', '2fbd9d4fd39df3bbfc22b63525ba454cdd65d1cf9b3ae658612f5f'],
      [
        '4a65616e2d426170746973746520536179',
        '81619224c9c0d7ec75eb670b7d3154b8f97bfbd07cf0fe3df2f538b7d19dc5f21e',
      ],
      [
        '457567656e2042f6686d20766f6e2042617765726b',
        '8c21c98a5236dad958a67c39829d1bfcfcb0d529af864b17902185f56f3cb7bd86998ddc29',
      ],
    ],
  },
  {
    source: 'cacophony',
    pattern: 'X',
    prologue: '4a6f686e2047616c74',
    initStatic: 'e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1',
    initEphemeral: '893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a',
    initRemoteStatic: '31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62',
    respStatic: '4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893',
    hash: 'e6adfaa886b76b16b2aa79c54434c77fed488c8aa66d2c545608f4352f70f664',
    messages: [
      [
        '4c756477696720766f6e204d69736573',
        'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79446c15957a594079a5bdeae05d01e089fbb7cc6ea2ecfd209b941f73c9235213bc875f7283e9e17ebdac8112627915b455fdc3aaa6de60cb3c98302f370fdb03ea850b9b0cf22fec13e4dc0707245c8721',
      ],
      [
        '4d757272617920526f746862617264',
        '9868def631af6242aaf00c35218275832d8d022af1c67b9fc5e8ba90f4d91b',
      ],
      ['462e20412e20486179656b', '9fdd2576d757f880de49b32b80abf53afec16ddc86769f0e92daff'],
      ['4361726c204d656e676572', '0e5a48d10dfd648145b78012bc9edc8440cbb6e9e237eb8d5b9c25'],
      [
        '4a65616e2d426170746973746520536179',
        '11a3818b2523d06a64168b814ff680e60930e7145378cd813055f00e1725b5f9e8',
      ],
      [
        '457567656e2042f6686d20766f6e2042617765726b',
        '184a48a82f921ee36371d880e2abd177f8967349e992958c66fa51bff262a37845a200d26a',
      ],
    ],
  },
  {
    source: 'snow',
    pattern: 'N',
    prologue:
      '5468657265206973206e6f20726967687420616e642077726f6e672e2054686572652773206f6e6c792066756e20616e6420626f72696e672e',
    initEphemeral: 'e59ba4f0ffa28a7f95e5babf7d0c0dc91c68a5f67fbf6523dd6dbcb1e07a05c5',
    initRemoteStatic: 'e35f6280e14668f491b77e45905dbab34fb75ec1f1e4611ae17103aa3773b965',
    respStatic: '2905d93d8e243d2a9a9019d02328abff03885fe7bf8b856633d54b09635cf7b9',
    respEphemeral: 'b448e98b959cf1c2c5ba0b1a0f8bed8f9c92b245254b223ebd2fccde3073b7a4',
    messages: [
      [
        '890af5cd59c7565a6c0985ef509636798b17f8414d584aa12b319992846e1262',
        'f98ba06baf46b962ad400d01eaa826bba75ea39d084c5b930e2fb4eb3df03c615affb40fe757d88433369eeebe734e7ea2befe16ee79ed93ac58350ced83df126d9a75ea42f90f71825603b660ab6ca5',
      ],
      [
        '95f06325602ec56f3d0cbca58f4c4ff558660a027d5532ce5651cc63fe6cbb62',
        'b413170abfb6c90744c5097683dfa617cfbe5cbaa5812749d4bca6f47cbabb27cbd6a623916694d0411f0308e93b798f',
      ],
    ],
  },
  {
    source: 'snow',
    pattern: 'X',
    prologue:
      '5468657265206973206e6f20726967687420616e642077726f6e672e2054686572652773206f6e6c792066756e20616e6420626f72696e672e',
    initStatic: 'a86077a7e90ed6f510f46d3aae9c522a11452ee7fae7f1a31f5063f07fa71ea5',
    initEphemeral: 'ba1adcceefcc42688a32385f15d8d21d872ffca56121e9e457be7d54143ca7ea',
    initRemoteStatic: '7e980f80a250b729dd36f699274939c309fbfab21ca6ade0677389a726141d1c',
    respStatic: 'f215818f70d5163ebc2b44501fbbd9c326eb75e277d2c43450465590a6c1a372',
    respEphemeral: 'd12f09d8034286c1bbacac877c85efbb74795dc34e03d4ea6ed22a6a2463bd98',
    messages: [
      [
        '42a8ec6059c4db88532da153e56c69e06c031e4ad09f7c94835272f415253ef0',
        '0a191bc7600105e5d87a8942ae85ef4e56e00e41f02c56ffddf03f8c4faf38619bacc88d5e258b80654ffedd53e81d24a0d442e8b70d6ded0f45913dc53949b945b4464f7f325d7b66e6609b7dea79cd5b379b135daeeb4e9e95e97ddc507330bbadab51fb70714fe3d7a4c19c6366ecc0838ec96183a3121a662b34e6b061d6',
      ],
      [
        '1c999f353f98fdb30d2b79d871cd64228abbdf47995c9d350ae8fd22fb41216d',
        '9a7876965b822b1933535a93ac3d9fd5c495f3027aaafce38ebfe2965da10aa84a0c7c5922831c79931a4dd3846470d4',
      ],
    ],
  },
  {
    source: 'snow',
    pattern: 'XX',
    prologue:
      '5468657265206973206e6f20726967687420616e642077726f6e672e2054686572652773206f6e6c792066756e20616e6420626f72696e672e',
    initStatic: '7dec208517a3b81a2861d7a71266d5d6dc944c5a8816634a86fe63198a0148ee',
    initEphemeral: 'a32daf21e93c0131495ce1d903181fde81cc46937daaeb990bae7c992709421e',
    respStatic: '4d0aed5098e3b4ef20357e9f686ce66204c792b358da2e475017d6c485304881',
    respEphemeral: '4eece0f195d026db035ff987597c429d3ad3bcc2944df37d649528951b2a27c5',
    messages: [
      [
        'd03c489139e645d0711a3c9e810d776b46a84912463fafa87b884eebf242dc34',
        'f9fa868ba97ab8a2686deccfaad5a484ee10a5bb85e3d1dce015a84797f92818d03c489139e645d0711a3c9e810d776b46a84912463fafa87b884eebf242dc34',
      ],
      [
        'd8190a92f7dc0c93dbea9118ba8055751fb7c6590c416ffbd419964132b99a85',
        '8c4e6fdb7d09d501a86f7eca5c234522751706ed409182c05cdf5f827d4dae47b81c6c5f43b025692c24391eefee725c17d8cb0fbe3e4abb8aedf42c4fd2592d4ea48ac08989d6ae8b4adae08b2c34087c808c7aa55a63c02b0fab9e930612336bd43eaea04d3c670a0a146691aa9cc9d357872320dc735dbc48580cffb553db',
      ],
      [
        '77891b19dcb92ef7c055b672c4a5aa7fdf1c84146b8b303459022729473ce254',
        '933ca6b5ed60df3df66121f0ab49a09e49efa45c613a86a3cecbf4c535cef2f83f72b42837b18e3572f2fdc2b74c331e2368a545cef54bdca081678ab0e9dd5348122459e0c034c851984d88ce610963d43cde6cfe73a67fbd5a63e8bfca96d0',
      ],
      [
        'd7efdf988072881941db045a42882433817555128fbf5663e56081712ec7d212',
        '54ef0ff0629e1aaa7685a2806ab111cba76b52331f2642276736f415868eacb69ab2577f3bda0cbf72f879685f6ed25f',
      ],
      [
        'dd7bf01a588bafb52c6cfba952e5d8fe35cc2b3f92b4730ae2474615157345ce',
        '356be70f110306d5c699bb834bb9d58d909e325924dfbec972e406e6f294dc63e1daebefe8a62a334facc8048ab4ad66',
      ],
    ],
  },
];
