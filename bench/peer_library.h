/* peer_library.h - the parts of the library peers: peers.c opens libraries; peer_product.c, peer_onednn.c and
 * peer_sleef.c find in them what they offer, and do operations with it. */
#ifndef RUNGS_PEER_LIBRARY_H
#define RUNGS_PEER_LIBRARY_H

#include "peers.h"

/* the function of that name in an open library; NULL if it has none */
any_fn *peer_function(void *library, const char *name);

/* ---- peer_product.c ---- */

peer_gemm_fn peer_product_cblas, peer_product_dnnl;
enum { PRODUCTS = 5 };
extern const struct peer_op peer_products[PRODUCTS + 1]; /* of those that multiply matrices */

/* ---- peer_terms.c: all_terms of a peer_op ---- */

void peer_terms_xent(const struct check_case *c, int a, double *terms);
void peer_terms_bce_logits(const struct check_case *c, int a, double *terms);
void peer_terms_adam(const struct check_case *c, int a, double *terms);
#define PEER_XENT_GRADIENT       .formula = "p - onehot(label)", .all_terms = peer_terms_xent
#define PEER_BCE_LOGITS_GRADIENT .formula = "s - t", .all_terms = peer_terms_bce_logits

/* ---- peer_library.c: lacks of a peer_op ---- */

/* of a pooling by mean that counts the zeros of the padding */
const char *peer_lacks_ceil(const struct op *op, const int *size);

/* ---- peer_random.c: judge of a peer_op ---- */

int peer_judge_dropout(const struct check_case *c, void *const *buf, char *error, size_t room);

/* ---- peer_onednn.c ---- */

extern const struct peer_op peer_onednn_ops[];

/* Finds what peer_onednn_ops takes, beside the matrix product, which p can already do. If that is not there,
 * says so in p->pick, and p knows of products only. */
void peer_onednn_open(void *library, struct peer *p);

/* ---- peer_onednn_images.c ---- */

extern const struct peer_op peer_onednn_images[], peer_onednn_own[];

/* The second of two peers that are one library: 1 if peer_onednn_open has found its functions, else 0 and the
 * reason in p->pick */
int peer_onednn_own_open(void *library, struct peer *p);

/* ---- peer_sleef.c ---- */

extern const struct peer_op peer_sleef_ops[];

/* Finds SLEEF's functions of the widest vectors that this machine has, and says which in p->pick; 0 and the
 * reason there if it has none. */
int peer_sleef_open(void *library, struct peer *p);

#endif
