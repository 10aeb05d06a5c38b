/** Whether a connection failed over certificates, which waiting does not mend: what Node and OpenSSL call it. */

const codes = [
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

/** The word for it; null where it is something else. */
export function certificateFault(error: unknown): string | null {
  for (let each: unknown = error; each instanceof Error; each = innerOf(each)) {
    const { code = '' } = each as NodeJS.ErrnoException;
    if (codes.includes(code) || /^ERR_(SSL|OSSL)_/.test(code)) return code;
  }
  return null;
}

function innerOf(error: Error): unknown {
  return error.cause ?? (error as { readonly chainedError?: unknown }).chainedError;
}
