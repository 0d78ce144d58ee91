/** The bridge's own words, in each language. What facets say comes from their descriptions. */
import harden from '@endo/harden';
import type { Language } from '../description/language.ts';

const en = {
  skip: 'Skip to the content',
  home: 'Home',
  held: 'Everything I hold',
  useInvitation: 'Use an invitation',
  leave: 'End this session',
  otherLanguage: 'Español',
  back: 'Back',
  again: 'Try again',
  yes: 'Yes',
  no: 'No',
  none: 'None',
  empty: 'Nothing here yet.',
  open: 'Open',
  acts: 'What you can do',
  choose: 'Choose one',
  more: (count: string) => `${count} more are not shown.`,
  for: (subject: string) => `for ${subject}`,
  done: (act: string) => `Done: ${act}.`,
  doneWith: (act: string, answer: string) => `${act}: ${answer}`,

  landingTitle: 'Welcome',
  landingLead:
    'Here you see and do exactly what others have entrusted to you. An invitation is the key.',
  landingLabel: 'Invitation',
  landingHelp: 'Paste the whole link, or only the secret after the # sign.',
  landingSubmit: 'Open',
  landingKnown: 'I was here before with this browser',
  enteredWrong: 'This invitation does not open anything',
  enteredWrongHelp:
    'It may be mistyped, used already, out of date or withdrawn. Ask the person who gave it to you for a new one.',

  goneTitle: 'There is nothing at this address',
  goneHelp:
    'Addresses work only in the browser they were made for, and only as long as you hold what they stand for.',
  methodGoneTitle: 'This is not offered any more',
  methodGoneHelp: 'Nothing was done. The page has changed since it was shown.',
  formBrokenTitle: 'The form did not arrive whole',
  formBrokenHelp: 'Nothing was done. Go back, reload the page and try again.',
  tooManyTitle: 'That was too fast',
  tooManyHelp: 'Nothing was done. Wait a few seconds and try again.',
  foreignTitle: 'This came from another site',
  foreignHelp: 'Nothing was done. Only pages of this node may act in your name.',
  brokenTitle: 'Something went wrong here',
  brokenHelp: 'The fault is ours, not yours. Try again in a moment.',

  offline: 'No connection to the node. What you see may be old.',
  unreachable: 'Not reachable now',
  unreachableHelp:
    'This part is on a machine that does not answer at the moment. Nothing is lost; it will show again when the connection is back.',
  unknownTitle: 'No answer came',
  unknownRepeat:
    'It may or may not have been done. Sending this same form again is safe: it will not be done twice.',
  unknownOnce: 'It may or may not have been done. Look at the page before you try again.',
  notSent: 'Nothing was sent: this part does not answer at the moment. Try again a little later.',
  malformed: 'This was not accepted. Please check what you wrote.',

  mistakesTitle: 'Please correct this first',
  mistakes: {
    missing: 'Please fill this in.',
    notNat: 'Please write a whole number, with digits only.',
    long: 'This text is too long.',
    gone: 'This is not here any more. Please choose again.',
  },
  small: (bound: string) => `Please write ${bound} or more.`,
  large: (bound: string) => `Please write ${bound} or less.`,

  refusedTitle: 'This was refused',
  refusals: {
    revoked: 'This access has been withdrawn.',
    expired: 'The time for this is over.',
    limit: 'This would pass a limit.',
    insufficient: 'There is not enough for this.',
    claimed: 'Somebody else was first.',
    closed: 'This is closed.',
    conflict: 'This does not fit with something done before.',
    notYet: 'It is too early for this.',
    quota: 'You have used up your share of this for now.',
    stale: 'This has changed meanwhile. Look at it again and repeat if you still want to.',
    invalid: 'A code or proof was not right.',
    unsupported: 'This is not possible here.',
    other: 'No reason was given.',
  },

  secretTitle: 'Keep this safe',
  secretHelp:
    'Whoever has this can use it. It is shown only here; pass it on only to the person it is meant for.',
  secretLabel: 'Secret',
  copy: 'Copy',
  copied: 'Copied',
  qr: 'QR code with the same content as the text field',
  continue: 'Continue',

  heldTitle: 'Everything I hold',
  heldHelp: 'What was entrusted to this browser. The first is your home.',
  heldEmpty: 'Nothing yet. Open an invitation to begin.',

  leaveTitle: 'End this session?',
  leaveHelp:
    'This browser then forgets everything it holds here, for good. To come back you need a new invitation or a secret that you kept.',
  leaveSubmit: 'Yes, end it',
  left: 'The session has ended. This browser holds nothing here any more.',
};

/** English sets the keys; the compiler checks that no other language lacks one. */
export type Words = typeof en;

const es: Words = {
  skip: 'Ir al contenido',
  home: 'Inicio',
  held: 'Todo lo que tengo',
  useInvitation: 'Usar una invitación',
  leave: 'Terminar la sesión',
  otherLanguage: 'English',
  back: 'Volver',
  again: 'Intentar de nuevo',
  yes: 'Sí',
  no: 'No',
  none: 'Ninguno',
  empty: 'Aquí no hay nada todavía.',
  open: 'Abrir',
  acts: 'Lo que puedes hacer',
  choose: 'Elige uno',
  more: (count) => `No se muestran ${count} más.`,
  for: (subject) => `para ${subject}`,
  done: (act) => `Hecho: ${act}.`,
  doneWith: (act, answer) => `${act}: ${answer}`,

  landingTitle: 'Te damos la bienvenida',
  landingLead:
    'Aquí ves y haces justo lo que otras personas te han confiado. Una invitación es la llave.',
  landingLabel: 'Invitación',
  landingHelp: 'Pega el enlace completo, o solo el secreto que va después del signo #.',
  landingSubmit: 'Abrir',
  landingKnown: 'Ya estuve aquí con este navegador',
  enteredWrong: 'Esta invitación no abre nada',
  enteredWrongHelp:
    'Puede estar mal escrita, ya usada, vencida o retirada. Pide una nueva a quien te la dio.',

  goneTitle: 'No hay nada en esta dirección',
  goneHelp:
    'Una dirección funciona solo en el navegador para el que se hizo, y solo mientras tengas lo que representa.',
  methodGoneTitle: 'Esto ya no se ofrece',
  methodGoneHelp: 'No se hizo nada. La página cambió desde que se mostró.',
  formBrokenTitle: 'El formulario no llegó completo',
  formBrokenHelp: 'No se hizo nada. Vuelve, recarga la página e inténtalo de nuevo.',
  tooManyTitle: 'Eso fue demasiado rápido',
  tooManyHelp: 'No se hizo nada. Espera unos segundos e inténtalo de nuevo.',
  foreignTitle: 'Esto vino de otro sitio',
  foreignHelp: 'No se hizo nada. Solo las páginas de este nodo pueden actuar en tu nombre.',
  brokenTitle: 'Algo falló aquí',
  brokenHelp: 'La falla es nuestra, no tuya. Inténtalo de nuevo en un momento.',

  offline: 'Sin conexión con el nodo. Lo que ves puede ser viejo.',
  unreachable: 'No se alcanza ahora',
  unreachableHelp:
    'Esta parte está en una máquina que no contesta por el momento. Nada se ha perdido; se verá otra vez cuando vuelva la conexión.',
  unknownTitle: 'No llegó respuesta',
  unknownRepeat:
    'Puede que se haya hecho o que no. Enviar este mismo formulario otra vez es seguro: no se hará dos veces.',
  unknownOnce: 'Puede que se haya hecho o que no. Mira la página antes de intentarlo de nuevo.',
  notSent: 'No se envió nada: esta parte no contesta por el momento. Inténtalo un poco más tarde.',
  malformed: 'Esto no se aceptó. Revisa lo que escribiste.',

  mistakesTitle: 'Corrige esto primero',
  mistakes: {
    missing: 'Llena este campo.',
    notNat: 'Escribe un número entero, solo con dígitos.',
    long: 'Este texto es demasiado largo.',
    gone: 'Esto ya no está aquí. Elige otra vez.',
  },
  small: (bound) => `Escribe ${bound} o más.`,
  large: (bound) => `Escribe ${bound} o menos.`,

  refusedTitle: 'No se aceptó',
  refusals: {
    revoked: 'Este acceso fue retirado.',
    expired: 'El plazo para esto terminó.',
    limit: 'Esto pasaría de un límite.',
    insufficient: 'No alcanza para esto.',
    claimed: 'Alguien llegó primero.',
    closed: 'Esto está cerrado.',
    conflict: 'Esto no concuerda con algo que se hizo antes.',
    notYet: 'Es demasiado pronto para esto.',
    quota: 'Ya usaste tu parte de esto por ahora.',
    stale: 'Esto cambió mientras tanto. Míralo otra vez y repite si todavía quieres.',
    invalid: 'Un código o una prueba no es correcta.',
    unsupported: 'Esto no es posible aquí.',
    other: 'No se dio un motivo.',
  },

  secretTitle: 'Guarda esto bien',
  secretHelp:
    'Quien lo tenga puede usarlo. Se muestra solo aquí; pásalo solo a la persona para quien es.',
  secretLabel: 'Secreto',
  copy: 'Copiar',
  copied: 'Copiado',
  qr: 'Código QR con el mismo contenido que el campo de texto',
  continue: 'Continuar',

  heldTitle: 'Todo lo que tengo',
  heldHelp: 'Lo que se confió a este navegador. Lo primero es tu inicio.',
  heldEmpty: 'Nada todavía. Abre una invitación para empezar.',

  leaveTitle: '¿Terminar la sesión?',
  leaveHelp:
    'Este navegador olvidará para siempre todo lo que tiene aquí. Para volver necesitas una invitación nueva o un secreto que hayas guardado.',
  leaveSubmit: 'Sí, terminar',
  left: 'La sesión terminó. Este navegador ya no tiene nada aquí.',
};

export const words: Readonly<Record<Language, Words>> = harden({ en, es });
