#ifndef TRUNKLINE_PHONE_NUMBERS_H
#define TRUNKLINE_PHONE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Why a text is no number. Part of the interface: PhoneNumbers names them. */
enum phone_numbers_reason {
  PHONE_NUMBERS_READABLE = 0,
  PHONE_NUMBERS_NOT_A_NUMBER = 1,
  PHONE_NUMBERS_NO_COUNTRY = 2,
  PHONE_NUMBERS_TOO_SHORT = 3,
  PHONE_NUMBERS_TOO_LONG = 4,
  PHONE_NUMBERS_LOCAL_ONLY = 5,
  PHONE_NUMBERS_WRONG_LENGTH = 6,
  PHONE_NUMBERS_FAILED = 7
};

/* How a text tells its country. */
enum phone_numbers_source {
  PHONE_NUMBERS_BY_COUNTRY_CODE = 0,
  PHONE_NUMBERS_BY_REGION = 1
};

/* What a text says. Texts end with a zero byte. */
struct phone_number {
  int32_t reason;
  int32_t source;
  /* libphonenumber's PhoneNumberType; 11 is unknown: of a possible length, but in no range that is assigned. */
  int32_t kind;
  int32_t country_code;
  /* Empty unless readable. */
  char e164[24];
  /* National significant number; also given for some texts that are no complete number. */
  char national[24];
  char extension[24];
};

/*
 * Reads one text in UTF-8. `region` is an ISO 3166 code of two letters, or null: then only texts that carry their country are readable.
 * Never throws, keeps nothing, may be called from any thread.
 */
void phone_numbers_parse(const char *text, size_t length, const char *region, struct phone_number *result);

/* The same by libphonenumber alone: what the quick way is tested against. */
void phone_numbers_parse_plainly(const char *text, size_t length, const char *region, struct phone_number *result);

/* A number as libphonenumber writes it for people, abroad and at home. Texts end with a zero byte; empty: it is no number. */
struct phone_number_writing {
  char international[40];
  char national[40];
};

/* Writes a number that is given in E.164. Never throws, keeps nothing, may be called from any thread. */
void phone_numbers_write(const char *e164, size_t length, struct phone_number_writing *result);

/* 1 when libphonenumber knows the region, else 0. */
int32_t phone_numbers_knows_region(const char *region);

/*
 * Writes an example of a kind of number of the region (the index-th one known) into result, for tests; 0 when there is none.
 */
int32_t phone_numbers_example(int32_t region_index, int32_t kind, char region[4], struct phone_number *result);

#ifdef __cplusplus
}
#endif

#endif
