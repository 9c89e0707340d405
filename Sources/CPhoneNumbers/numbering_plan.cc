#include "numbering_plan.h"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <list>
#include <set>

namespace i18n {
namespace phonenumbers {
// What the library carries; declared in a header that is not installed.
int metadata_size();
const void *metadata_get();
}  // namespace phonenumbers
}  // namespace i18n

namespace trunkline {

using i18n::phonenumbers::PhoneMetadata;
using i18n::phonenumbers::PhoneMetadataCollection;
using i18n::phonenumbers::PhoneNumberDesc;
using i18n::phonenumbers::PhoneNumberUtil;

NumberRange::NumberRange(const PhoneNumberDesc &description)
    : pattern(description.national_number_pattern()),
      lengths(description.possible_length().begin(), description.possible_length().end()),
      localLengths(description.possible_length_local_only().begin(), description.possible_length_local_only().end()) {}

bool NumberRange::holds(std::string_view digits) const {
  if (!lengths.empty() && std::find(lengths.begin(), lengths.end(), static_cast<int>(digits.size())) == lengths.end()) {
    return false;
  }
  return pattern.matchesAll(digits);
}

NumberingPlan::NumberingPlan(const PhoneMetadata &metadata)
    : region(metadata.id()),
      countryCode(metadata.country_code()),
      countryDigits(std::to_string(metadata.country_code())),
      internationalPrefix(metadata.international_prefix()),
      leadingDigits(metadata.leading_digits()),
      general(metadata.general_desc()),
      nationalPrefix(metadata.national_prefix_for_parsing()),
      hasTransformRule(!metadata.national_prefix_transform_rule().empty()),
      fixedAndMobileAreSame(metadata.same_mobile_and_fixed_line_pattern()),
      fixedLine(metadata.fixed_line()),
      mobile(metadata.mobile()) {
  special.emplace_back(PhoneNumberUtil::PREMIUM_RATE, NumberRange(metadata.premium_rate()));
  special.emplace_back(PhoneNumberUtil::TOLL_FREE, NumberRange(metadata.toll_free()));
  special.emplace_back(PhoneNumberUtil::SHARED_COST, NumberRange(metadata.shared_cost()));
  special.emplace_back(PhoneNumberUtil::VOIP, NumberRange(metadata.voip()));
  special.emplace_back(PhoneNumberUtil::PERSONAL_NUMBER, NumberRange(metadata.personal_number()));
  special.emplace_back(PhoneNumberUtil::PAGER, NumberRange(metadata.pager()));
  special.emplace_back(PhoneNumberUtil::UAN, NumberRange(metadata.uan()));
  special.emplace_back(PhoneNumberUtil::VOICEMAIL, NumberRange(metadata.voicemail()));
}

bool NumberingPlan::isUsable() const {
  return !hasTransformRule && internationalPrefix.isUsable() && leadingDigits.isUsable() && nationalPrefix.isUsable() &&
         general.pattern.isUsable() && fixedLine.pattern.isUsable() && mobile.pattern.isUsable() && !general.lengths.empty() &&
         std::all_of(special.begin(), special.end(), [](const auto &one) { return one.second.pattern.isUsable(); });
}

int NumberingPlan::kindOf(std::string_view national) const {
  if (!general.holds(national)) return PhoneNumberUtil::UNKNOWN;
  for (const auto &[kind, range] : special) {
    if (range.holds(national)) return kind;
  }
  if (fixedLine.holds(national)) {
    bool isBoth = fixedAndMobileAreSame || mobile.holds(national);
    return isBoth ? PhoneNumberUtil::FIXED_LINE_OR_MOBILE : PhoneNumberUtil::FIXED_LINE;
  }
  return !fixedAndMobileAreSame && mobile.holds(national) ? PhoneNumberUtil::MOBILE : PhoneNumberUtil::UNKNOWN;
}

LengthTest NumberingPlan::testLength(std::string_view national) const {
  int length = static_cast<int>(national.size());
  const auto &lengths = general.lengths;
  const auto &local = general.localLengths;
  if (lengths.front() == -1) return LengthTest::wrong;
  if (std::find(local.begin(), local.end(), length) != local.end()) return LengthTest::localOnly;
  if (length < lengths.front()) return LengthTest::tooShort;
  if (length > lengths.back()) return LengthTest::tooLong;
  return std::find(lengths.begin(), lengths.end(), length) != lengths.end() ? LengthTest::possible : LengthTest::wrong;
}

std::string_view NumberingPlan::withoutNationalPrefix(std::string_view digits) const {
  if (digits.empty() || nationalPrefix.isEmpty()) return digits;
  int taken = nationalPrefix.matchAtStart(digits);
  if (taken < 0) return digits;
  std::string_view rest = digits.substr(static_cast<size_t>(taken));
  // A number that is one with the prefix must be one without it.
  if (general.pattern.matchesAll(digits) && !general.pattern.matchesAll(rest)) return digits;
  return rest;
}

const NumberingPlans &NumberingPlans::all() {
  static const NumberingPlans plans;
  return plans;
}

NumberingPlans::NumberingPlans() : byCode_(1000) {
  PhoneMetadataCollection collection;
  if (!collection.ParseFromArray(i18n::phonenumbers::metadata_get(), i18n::phonenumbers::metadata_size())) return;
  std::unordered_map<int, const NumberingPlan *> withoutRegion;
  for (const PhoneMetadata &metadata : collection.metadata()) {
    plans_.push_back(std::make_unique<NumberingPlan>(metadata));
    const NumberingPlan *plan = plans_.back().get();
    if (plan->region == "001") {
      withoutRegion.emplace(plan->countryCode, plan);
    } else {
      byRegion_.emplace(plan->region, plan);
    }
  }
  const PhoneNumberUtil *library = PhoneNumberUtil::GetInstance();
  std::set<int> codes;
  library->GetSupportedCallingCodes(&codes);
  for (int code : codes) {
    if (code <= 0 || code >= static_cast<int>(byCode_.size())) continue;
    std::list<std::string> regions;
    library->GetRegionCodesForCountryCallingCode(code, &regions);
    for (const std::string &region : regions) {
      auto found = withoutRegion.find(code);
      const NumberingPlan *plan = region == "001" ? (found == withoutRegion.end() ? nullptr : found->second) : ofRegion(region);
      if (plan) byCode_[static_cast<size_t>(code)].push_back(plan);
    }
  }
}

const NumberingPlan *NumberingPlans::ofRegion(std::string_view region) const {
  auto found = byRegion_.find(region);
  return found == byRegion_.end() ? nullptr : found->second;
}

const NumberingPlan *NumberingPlans::ofCountryCode(int code) const {
  const auto &plans = byCode_[static_cast<size_t>(code)];
  return plans.empty() ? nullptr : plans.front();
}

int NumberingPlans::kindOf(int code, std::string_view national) const {
  const auto &plans = byCode_[static_cast<size_t>(code)];
  if (plans.size() == 1) return plans.front()->kindOf(national);
  for (const NumberingPlan *plan : plans) {
    // A plan with a transform rule may be asked for kinds, but is not usable for reading.
    if (!plan->leadingDigits.isEmpty()) {
      if (plan->leadingDigits.matchAtStart(national) >= 0) return plan->kindOf(national);
    } else {
      int kind = plan->kindOf(national);
      if (kind != PhoneNumberUtil::UNKNOWN) return kind;
    }
  }
  return PhoneNumberUtil::UNKNOWN;
}

int NumberingPlans::countryCode(std::string_view digits) const {
  int code = 0;
  for (size_t length = 1; length <= 3 && length <= digits.size(); length++) {
    code = code * 10 + (digits[length - 1] - '0');
    if (code == 0) return 0;
    if (!byCode_[static_cast<size_t>(code)].empty()) return code;
  }
  return 0;
}

}  // namespace trunkline
