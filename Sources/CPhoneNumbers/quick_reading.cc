#include "quick_reading.h"

#include <cstring>
#include <optional>

#include "numbering_plan.h"

namespace trunkline {
namespace {

/// The digits of a text without the marks between them.
struct Digits {
  char buffer[24];
  size_t count = 0;
  bool hasPlus = false;

  std::string_view all() const { return {buffer, count}; }

  /// False: there is more in the text than digits and usual marks, or too much of it.
  bool read(std::string_view text) {
    for (char character : text) {
      if (character >= '0' && character <= '9') {
        if (count == 20) return false;
        buffer[count++] = character;
      } else if (character == '+') {
        if (hasPlus || count > 0) return false;
        hasPlus = true;
      } else if (!std::strchr(" -.()/", character) || character == 0) {
        return false;
      } else if (hasPlus && count == 0) {
        return false;  // a mark right behind the plus sign
      }
    }
    return count >= 3;
  }
};

struct CountryAndRest {
  const NumberingPlan *plan;
  int code;
  int source;
  std::string_view rest;
};

std::optional<CountryAndRest> behindInternationalPrefix(std::string_view digits, const NumberingPlans &plans) {
  if (digits.size() <= 2) return std::nullopt;
  int code = plans.countryCode(digits);
  if (code == 0) return std::nullopt;
  std::string_view rest = digits.substr(code < 10 ? 1 : code < 100 ? 2 : 3);
  return CountryAndRest{plans.ofCountryCode(code), code, PHONE_NUMBERS_BY_COUNTRY_CODE, rest};
}

/// libphonenumber's MaybeExtractCountryCode.
std::optional<CountryAndRest> country(const Digits &digits, const NumberingPlan *home, const NumberingPlans &plans) {
  std::string_view all = digits.all();
  if (digits.hasPlus) return behindInternationalPrefix(all, plans);
  if (!home || !home->isUsable()) return std::nullopt;
  int prefix = home->internationalPrefix.isEmpty() ? -1 : home->internationalPrefix.matchAtStart(all);
  if (prefix >= 0) {
    std::string_view rest = all.substr(static_cast<size_t>(prefix));
    // No country code begins with 0, so that was no prefix.
    if (rest.empty() || rest.front() != '0') return behindInternationalPrefix(rest, plans);
  }
  if (all.substr(0, home->countryDigits.size()) == home->countryDigits) {
    std::string_view rest = home->withoutNationalPrefix(all.substr(home->countryDigits.size()));
    bool isBetterWithout = !home->general.pattern.matchesAll(all) && home->general.pattern.matchesAll(rest);
    if (isBetterWithout || home->testLength(all) == LengthTest::tooLong) {
      // From here on the code's main region counts.
      return CountryAndRest{plans.ofCountryCode(home->countryCode), home->countryCode, PHONE_NUMBERS_BY_COUNTRY_CODE, rest};
    }
  }
  return CountryAndRest{home, home->countryCode, PHONE_NUMBERS_BY_REGION, all};
}

int reason(LengthTest test) {
  switch (test) {
    case LengthTest::possible: return PHONE_NUMBERS_READABLE;
    case LengthTest::localOnly: return PHONE_NUMBERS_LOCAL_ONLY;
    case LengthTest::tooShort: return PHONE_NUMBERS_TOO_SHORT;
    case LengthTest::tooLong: return PHONE_NUMBERS_TOO_LONG;
    case LengthTest::wrong: return PHONE_NUMBERS_WRONG_LENGTH;
  }
  return PHONE_NUMBERS_FAILED;
}

}  // namespace

bool readQuickly(std::string_view text, std::string_view region, phone_number &result) {
  Digits digits;
  if (!digits.read(text)) return false;
  const NumberingPlans &plans = NumberingPlans::all();
  auto found = country(digits, region.empty() ? nullptr : plans.ofRegion(region), plans);
  if (!found || !found->plan || !found->plan->isUsable() || found->rest.size() < 2) return false;
  std::string_view national = found->rest;
  std::string_view shorter = found->plan->withoutNationalPrefix(national);
  switch (found->plan->testLength(shorter)) {
    case LengthTest::possible:
    case LengthTest::tooLong: national = shorter; break;
    case LengthTest::localOnly:
    case LengthTest::tooShort:
    case LengthTest::wrong: break;
  }
  if (national.size() < 2 || national.size() > 17) return false;
  const NumberingPlan *main = plans.ofCountryCode(found->code);
  if (!main || main->general.lengths.empty()) return false;
  std::memset(&result, 0, sizeof result);
  result.source = found->source;
  result.country_code = found->code;
  result.reason = reason(main->testLength(national));
  std::memcpy(result.national, national.data(), national.size());
  result.kind = plans.kindOf(found->code, national);
  if (result.reason == PHONE_NUMBERS_READABLE) {
    std::string_view code = main->countryDigits;
    result.e164[0] = '+';
    std::memcpy(result.e164 + 1, code.data(), code.size());
    std::memcpy(result.e164 + 1 + code.size(), national.data(), national.size());
  }
  return true;
}

}  // namespace trunkline
