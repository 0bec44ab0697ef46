"""Looks at pages in headless Chromium: errors on the console, what axe-core objects to, width on a phone, size; screenshots.

    pip install selenium axe-core-python      # and Debian's chromium, chromium-driver
    python3 reports/pages/check.py PAGE.html ... [--shots FOLDER]

Exit code 1 where a page has an error, a violation, more than 2 MB, or is wider than a phone.
"""

import argparse
import pathlib
import sys

from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

LARGEST = 2_000_000
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


def browser(scheme):
    options = webdriver.ChromeOptions()
    for argument in ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    # A page with thousands of operators takes axe minutes.
    driver.set_script_timeout(600)
    driver.command_executor.client_config.timeout = 660
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    return driver


def look(driver, page, scheme, shots):
    """Problems of one page in one colour scheme."""
    problems = []
    for name, (width, height) in SIZES.items():
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": name == "phone"},
        )
        driver.get(page.resolve().as_uri())
        wide = driver.execute_script("return document.documentElement.scrollWidth")
        if wide > width:
            problems.append(f"is {wide} wide on a {name} of {width}")
        for entry in driver.get_log("browser"):
            problems.append(f"console: {entry['message']}")
        for violation in Axe().run(driver)["violations"]:
            nodes = "; ".join(str(node["target"]) for node in violation["nodes"][:3])
            problems.append(f"axe, {name}, {scheme}: {violation['id']}: {violation['help']} at {nodes}")
        if shots:
            tall = driver.execute_script("return document.documentElement.scrollHeight")
            driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": min(tall, 8000), "deviceScaleFactor": 1, "mobile": name == "phone"},
            )
            driver.save_screenshot(str(shots / f"{page.stem}-{name}-{scheme}.png"))
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    parser.add_argument("--shots", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.shots:
        arguments.shots.mkdir(parents=True, exist_ok=True)
    failed = False
    for scheme in ["light", "dark"]:
        driver = browser(scheme)
        for page in arguments.pages:
            problems = look(driver, page, scheme, arguments.shots)
            size = page.stat().st_size
            if size > LARGEST:
                problems.append(f"has {size} bytes")
            failed = failed or bool(problems)
            print(f"{page.name} ({scheme}, {size:,} bytes): " + ("ok" if not problems else ""))
            for problem in dict.fromkeys(problems):
                print(f"  {problem}")
        driver.quit()
    sys.exit(failed)


main()
