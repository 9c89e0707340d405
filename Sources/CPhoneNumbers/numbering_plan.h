#ifndef TRUNKLINE_NUMBERING_PLAN_H
#define TRUNKLINE_NUMBERING_PLAN_H

#include <phonenumbers/phonemetadata.pb.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "digit_pattern.h"

namespace trunkline {

/// libphonenumber's results of looking at a length.
enum class LengthTest { possible, localOnly, tooShort, tooLong, wrong };

/// One description of the metadata: which digits, and how many.
struct NumberRange {
  explicit NumberRange(const i18n::phonenumbers::PhoneNumberDesc &description);

  /// Nothing is said about lengths, or this one is among them, and the digits match.
  bool holds(std::string_view digits) const;

  DigitPattern pattern;
  std::vector<int> lengths;
  std::vector<int> localLengths;
};

/// The numbers of one region, or of a service without one.
class NumberingPlan {
 public:
  explicit NumberingPlan(const i18n::phonenumbers::PhoneMetadata &metadata);

  /// False: something in the metadata was not understood, libphonenumber has to be asked.
  bool isUsable() const;
  /// libphonenumber's PhoneNumberType.
  int kindOf(std::string_view national) const;
  LengthTest testLength(std::string_view national) const;
  /// What is left without the national prefix; the digits themselves where there is none to take.
  std::string_view withoutNationalPrefix(std::string_view digits) const;

  std::string region;
  int countryCode;
  std::string countryDigits;
  DigitPattern internationalPrefix;
  DigitPattern leadingDigits;
  NumberRange general;

 private:
  DigitPattern nationalPrefix;
  bool hasTransformRule;
  bool fixedAndMobileAreSame;
  /// In the order in which they are tried, with the kind that each means.
  std::vector<std::pair<int, NumberRange>> special;
  NumberRange fixedLine, mobile;
};

/// All plans that the installed libphonenumber carries.
class NumberingPlans {
 public:
  static const NumberingPlans &all();

  /// Null: there is no such region.
  const NumberingPlan *ofRegion(std::string_view region) const;
  /// The plan that numbers of a country code are read by. Null: no such code.
  const NumberingPlan *ofCountryCode(int code) const;
  /// Kind of a number whose region among those of the code has to be found out. -1: libphonenumber has to be asked.
  int kindOf(int code, std::string_view national) const;
  /// The country code that digits begin with; 0: none.
  int countryCode(std::string_view digits) const;

 private:
  NumberingPlans();

  std::vector<std::unique_ptr<NumberingPlan>> plans_;
  std::unordered_map<std::string_view, const NumberingPlan *> byRegion_;
  /// In libphonenumber's order: the main region of a code first.
  std::vector<std::vector<const NumberingPlan *>> byCode_;
};

}  // namespace trunkline

#endif
