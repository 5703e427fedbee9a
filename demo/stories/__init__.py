"""Thirty lives of real scenes, ten a city. Applications, bidders and what happens are invented; scenes and units are not."""

from demo.scene import Story
from demo.stories import chongqing, ningbo, yancheng

STORIES: tuple[Story, ...] = (*yancheng.STORIES, *ningbo.STORIES, *chongqing.STORIES)
