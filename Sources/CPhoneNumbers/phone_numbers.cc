#include "phone_numbers.h"

#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <cstdlib>
#include <cstring>
#include <set>
#include <string>

#include "numbering_plan.h"
#include "quick_reading.h"

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

namespace {

/// Longer texts are no numbers; libphonenumber says so too.
constexpr size_t longest = 250;

void copy(const std::string &text, char *target, size_t room) {
  size_t count = text.size() < room ? text.size() : room - 1;
  std::memcpy(target, text.data(), count);
  target[count] = 0;
}

int reason(PhoneNumberUtil::ErrorType error) {
  switch (error) {
    case PhoneNumberUtil::NO_PARSING_ERROR: return PHONE_NUMBERS_READABLE;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR: return PHONE_NUMBERS_NO_COUNTRY;
    case PhoneNumberUtil::NOT_A_NUMBER: return PHONE_NUMBERS_NOT_A_NUMBER;
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN: return PHONE_NUMBERS_TOO_SHORT;
    case PhoneNumberUtil::TOO_LONG_NSN: return PHONE_NUMBERS_TOO_LONG;
  }
  return PHONE_NUMBERS_FAILED;
}

int reason(PhoneNumberUtil::ValidationResult length) {
  switch (length) {
    case PhoneNumberUtil::IS_POSSIBLE: return PHONE_NUMBERS_READABLE;
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY: return PHONE_NUMBERS_LOCAL_ONLY;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE: return PHONE_NUMBERS_NO_COUNTRY;
    case PhoneNumberUtil::TOO_SHORT: return PHONE_NUMBERS_TOO_SHORT;
    case PhoneNumberUtil::TOO_LONG: return PHONE_NUMBERS_TOO_LONG;
    case PhoneNumberUtil::INVALID_LENGTH: return PHONE_NUMBERS_WRONG_LENGTH;
  }
  return PHONE_NUMBERS_FAILED;
}

void describe(const PhoneNumber &number, phone_number &result) {
  const PhoneNumberUtil *library = PhoneNumberUtil::GetInstance();
  result.source = number.country_code_source() == PhoneNumber::FROM_DEFAULT_COUNTRY ? PHONE_NUMBERS_BY_REGION
                                                                                     : PHONE_NUMBERS_BY_COUNTRY_CODE;
  result.country_code = number.country_code();
  result.kind = library->GetNumberType(number);
  result.reason = reason(library->IsPossibleNumberWithReason(number));
  std::string text;
  library->GetNationalSignificantNumber(number, &text);
  copy(text, result.national, sizeof result.national);
  copy(number.extension(), result.extension, sizeof result.extension);
  if (result.reason == PHONE_NUMBERS_READABLE) {
    library->Format(number, PhoneNumberUtil::E164, &text);
    copy(text, result.e164, sizeof result.e164);
  }
}

void readPlainly(const std::string &text, const std::string &region, phone_number &result) {
  PhoneNumber number;
  auto error = PhoneNumberUtil::GetInstance()->ParseAndKeepRawInput(text, region.empty() ? "ZZ" : region, &number);
  if (error == PhoneNumberUtil::NO_PARSING_ERROR) {
    number.clear_raw_input();  // else a number of zeros only is formatted as it was typed
    describe(number, result);
  } else {
    result.reason = reason(error);
  }
}

template <typename Body>
void guarded(size_t length, phone_number *result, Body body) {
  std::memset(result, 0, sizeof *result);
  result->kind = PhoneNumberUtil::UNKNOWN;
  if (length > longest) {
    result->reason = PHONE_NUMBERS_NOT_A_NUMBER;
    return;
  }
  try {
    body();
  } catch (...) {
    std::memset(result, 0, sizeof *result);
    result->kind = PhoneNumberUtil::UNKNOWN;
    result->reason = PHONE_NUMBERS_FAILED;
  }
}

}  // namespace

void phone_numbers_parse(const char *text, size_t length, const char *region, phone_number *result) {
  guarded(length, result, [&] {
    if (trunkline::readQuickly({text, length}, region ? region : "", *result)) return;
    readPlainly(std::string(text, length), region ? region : "", *result);
  });
}

void phone_numbers_parse_plainly(const char *text, size_t length, const char *region, phone_number *result) {
  guarded(length, result, [&] { readPlainly(std::string(text, length), region ? region : "", *result); });
}

void phone_numbers_write(const char *e164, size_t length, phone_number_writing *result) {
  std::memset(result, 0, sizeof *result);
  phone_number read;
  phone_numbers_parse(e164, length, nullptr, &read);
  if (read.reason != PHONE_NUMBERS_READABLE) return;
  try {
    PhoneNumber number;
    number.set_country_code(read.country_code);
    number.set_national_number(std::strtoull(read.national, nullptr, 10));
    // Zeros at the beginning belong to the number in some countries; the last digit is one of its own.
    size_t zeros = std::strspn(read.national, "0");
    if (zeros == std::strlen(read.national)) zeros -= 1;
    if (zeros > 0) number.set_italian_leading_zero(true);
    if (zeros > 1) number.set_number_of_leading_zeros(static_cast<int>(zeros));
    std::string text;
    PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::INTERNATIONAL, &text);
    if (text.size() < sizeof result->international) copy(text, result->international, sizeof result->international);
    PhoneNumberUtil::GetInstance()->Format(number, PhoneNumberUtil::NATIONAL, &text);
    if (text.size() < sizeof result->national) copy(text, result->national, sizeof result->national);
  } catch (...) {
    std::memset(result, 0, sizeof *result);
  }
}

int32_t phone_numbers_knows_region(const char *region) {
  try {
    return trunkline::NumberingPlans::all().ofRegion(region) ? 1 : 0;
  } catch (...) {
    return 0;
  }
}

int32_t phone_numbers_example(int32_t region_index, int32_t kind, char region[4], phone_number *result) {
  int32_t given = 0;
  guarded(0, result, [&] {
    const PhoneNumberUtil *library = PhoneNumberUtil::GetInstance();
    std::set<std::string> regions;
    library->GetSupportedRegions(&regions);
    if (region_index < 0 || region_index >= static_cast<int32_t>(regions.size())) return;
    const std::string &wanted = *std::next(regions.begin(), region_index);
    PhoneNumber number;
    if (!library->GetExampleNumberForType(wanted, static_cast<PhoneNumberUtil::PhoneNumberType>(kind), &number)) return;
    copy(wanted, region, 4);
    describe(number, *result);
    given = 1;
  });
  return given;
}
